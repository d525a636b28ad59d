package dev.meshkore.hub.chain;

/// Why money does not go into escrow or out of it. Those of what was signed are of our own, in the
/// manner of x402's words for `exact`.
final class CustodyWords {
  static final String FORM = "invalid_payload";
  static final String SCHEME = "unsupported_scheme";
  static final String NETWORK = "invalid_network";
  static final String PAYER = "invalid_auth_capture_evm_payload_payer_mismatch";
  static final String RECIPIENT = "invalid_auth_capture_evm_payload_recipient_mismatch";
  static final String VALUE = "invalid_auth_capture_evm_payload_authorization_value_mismatch";
  static final String AFTER = "invalid_auth_capture_evm_payload_authorization_valid_after";
  static final String BEFORE = "invalid_auth_capture_evm_payload_authorization_valid_before";
  static final String NONCE = "invalid_auth_capture_evm_payload_nonce_mismatch";
  static final String SIGNATURE = "invalid_auth_capture_evm_payload_signature";

  /// The hub's key, or the contract, is another than when the job was opened.
  static final String OPERATOR = "invalid_capture_authorizer";

  static final String CAPTURE_FAILED = "capture_failed";
  static final String VOID_FAILED = "void_failed";

  /// The time in which the hub may capture has passed.
  static final String CAPTURE_EXPIRED = "capture_expired";

  /// The payer has taken its money back.
  static final String RECLAIMED = "reclaimed_by_payer";

  private CustodyWords() {}
}
