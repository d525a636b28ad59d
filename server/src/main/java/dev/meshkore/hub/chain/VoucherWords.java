package dev.meshkore.hub.chain;

/// Why nothing is done, in the words of x402's own facilitator for `batch-settlement`.
final class VoucherWords {
  private static final String ALL = "invalid_batch_settlement_evm_";

  static final String SCHEME = ALL + "scheme";
  static final String NETWORK = ALL + "network_mismatch";
  static final String FORM = ALL + "payload_type";
  static final String AUTHORIZATION_REQUIRED = ALL + "erc3009_authorization_required";
  static final String CHANNEL_ID = ALL + "channel_id_mismatch";
  static final String RECEIVER = ALL + "receiver_mismatch";
  static final String RECEIVER_AUTHORIZER = ALL + "receiver_authorizer_mismatch";
  static final String TOKEN = ALL + "token_mismatch";
  static final String DELAY = ALL + "withdraw_delay_mismatch";
  static final String DELAY_RANGE = ALL + "withdraw_delay_out_of_range";
  static final String DOMAIN = ALL + "missing_eip712_domain";
  static final String VALID_BEFORE = ALL + "payload_authorization_valid_before";
  static final String VALID_AFTER = ALL + "payload_authorization_valid_after";
  static final String AUTHORIZATION_SIGNATURE = ALL + "receive_authorization_signature";
  static final String VOUCHER_SIGNATURE = ALL + "voucher_signature";
  static final String NO_CHANNEL = ALL + "channel_not_found";
  static final String FUNDS = ALL + "insufficient_balance";
  static final String ABOVE_BALANCE = ALL + "cumulative_exceeds_balance";
  static final String BELOW_CLAIMED = ALL + "cumulative_below_claimed";
  static final String ABOVE_SIGNED = ALL + "charge_exceeds_signed_cumulative";
  static final String DEPOSIT_LEAST = ALL + "deposit_below_min_deposit";
  static final String DEPOSIT_TRIED = ALL + "deposit_simulation_failed";
  static final String DEPOSIT_FAILED = ALL + "deposit_transaction_failed";
  static final String CLAIM_TRIED = ALL + "claim_simulation_failed";
  static final String CLAIM_FAILED = ALL + "claim_transaction_failed";
  static final String NOTHING_TO_SETTLE = ALL + "nothing_to_settle";
  static final String SETTLE_TRIED = ALL + "settle_simulation_failed";
  static final String SETTLE_FAILED = ALL + "settle_transaction_failed";
  static final String REFUND_NONE = ALL + "refund_no_balance";
  static final String REFUND_TRIED = ALL + "refund_simulation_failed";
  static final String REFUND_FAILED = ALL + "refund_transaction_failed";
  static final String NO_AUTHORIZER = ALL + "authorizer_not_configured";
  static final String BUSY = ALL + "channel_busy";
  static final String UNREAD = ALL + "rpc_read_failed";

  /// This hub's own: each transaction takes gas, however little it moves, and has an end.
  static final String LEAST = ALL + "moves_too_little";

  static final String TOO_MANY = ALL + "too_many_claims";

  private VoucherWords() {}
}
