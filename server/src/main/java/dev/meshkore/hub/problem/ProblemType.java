package dev.meshkore.hub.problem;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Every refusal of the hub. The registry is `protocol/problems.yaml`; a test holds both equal.
public enum ProblemType {
  MALFORMED_JSON("malformed-json", 400, "The body is not valid JSON", Retry.AFTER_CHANGE),
  INVALID_FIELD(
      "invalid-field", 400, "A field has a value that is not accepted", Retry.AFTER_CHANGE),
  OUTBOUND_REFUSED(
      "outbound-refused", 400, "The hub does not call this address", Retry.AFTER_CHANGE),
  MANDATE_INVALID("mandate-invalid", 400, "The mandate is not valid", Retry.AFTER_CHANGE),
  UNAUTHENTICATED("unauthenticated", 401, "The caller is not known", Retry.AFTER_CHANGE),
  TOKEN_EXPIRED("token-expired", 401, "The token has expired", Retry.AFTER_CHANGE),
  SIGNATURE_EXPIRED(
      "signature-expired", 401, "The signature is not of this time", Retry.AFTER_CHANGE),
  SIGNATURE_USED("signature-used", 401, "The signature was used before", Retry.AFTER_CHANGE),
  PAYMENT_REQUIRED("payment-required", 402, "The call must be paid", Retry.AFTER_CHANGE),
  NOT_ALLOWED("not-allowed", 403, "The caller may not do this", Retry.AFTER_CHANGE),
  APPROVAL_REQUIRED(
      "approval-required", 403, "A person must approve this first", Retry.AFTER_CHANGE),
  CONTACT_REQUIRED(
      "contact-required", 403, "The recipient takes mail from its contacts", Retry.AFTER_CHANGE),
  STOPPED("stopped", 403, "This was stopped by a person", Retry.LATER),
  MANDATE_REQUIRED("mandate-required", 403, "No mandate allows this", Retry.AFTER_CHANGE),
  MOVE_UNSIGNED("move-unsigned", 403, "The move must be signed", Retry.AFTER_CHANGE),
  DELEGATION_REFUSED(
      "delegation-refused", 403, "The mandate cannot be handed on like this", Retry.AFTER_CHANGE),
  UNKNOWN_OWNER("unknown-owner", 404, "There is no such owner", Retry.AFTER_CHANGE),
  UNKNOWN_MANDATE("unknown-mandate", 404, "There is no such mandate", Retry.AFTER_CHANGE),
  UNKNOWN_VERIFICATION(
      "unknown-verification", 404, "There is no such verification", Retry.AFTER_CHANGE),
  UNKNOWN_RECIPIENT("unknown-recipient", 404, "There is no such recipient", Retry.AFTER_CHANGE),
  UNKNOWN_AGENT("unknown-agent", 404, "There is no such agent", Retry.AFTER_CHANGE),
  UNKNOWN_CHANNEL("unknown-channel", 404, "There is no such channel", Retry.AFTER_CHANGE),
  UNKNOWN_MESSAGE("unknown-message", 404, "There is no such message of yours", Retry.AFTER_CHANGE),
  UNKNOWN_APPROVAL("unknown-approval", 404, "There is no such approval", Retry.AFTER_CHANGE),
  UNKNOWN_KEY("unknown-key", 404, "There is no such key of yours", Retry.AFTER_CHANGE),
  UNKNOWN_LEAF("unknown-leaf", 404, "The audit log has no such leaf for you", Retry.LATER),
  UNKNOWN_SERVICE("unknown-service", 404, "There is no such service", Retry.AFTER_CHANGE),
  UNKNOWN_TRANSFER("unknown-transfer", 404, "There is no such transfer of yours", Retry.NEVER),
  UNKNOWN_CALL("unknown-call", 404, "There is no such call of yours", Retry.NEVER),
  UNKNOWN_BATCH("unknown-batch", 404, "There is no such batch", Retry.NEVER),
  UNKNOWN_JOB("unknown-job", 404, "There is no such job of yours", Retry.NEVER),
  UNKNOWN_REQUEST("unknown-request", 404, "There is no such request", Retry.AFTER_CHANGE),
  UNKNOWN_OFFER("unknown-offer", 404, "There is no such offer for you", Retry.AFTER_CHANGE),
  UNKNOWN_FEED("unknown-feed", 404, "There is no such feed of yours", Retry.AFTER_CHANGE),
  UNKNOWN_NEGOTIATION(
      "unknown-negotiation", 404, "There is no such negotiation of yours", Retry.AFTER_CHANGE),
  UNKNOWN_LOG("unknown-log", 404, "The hub is no witness of this log", Retry.AFTER_CHANGE),
  UNKNOWN_IMPORT("unknown-import", 404, "There is no such import", Retry.AFTER_CHANGE),
  UNKNOWN_INVITE("unknown-invite", 404, "There is no such invite", Retry.NEVER),
  AGENT_EXISTS("agent-exists", 409, "The agent id is taken", Retry.AFTER_CHANGE),
  AGENT_OWNED("agent-owned", 409, "The agent has another owner", Retry.AFTER_CHANGE),
  CHANNEL_EXISTS("channel-exists", 409, "The channel id is taken", Retry.AFTER_CHANGE),
  KEY_TAKEN("key-taken", 409, "The key is, or was, bound", Retry.AFTER_CHANGE),
  LOOK_ALIKE_NAME("look-alike-name", 409, "The name looks like another's", Retry.AFTER_CHANGE),
  LAST_OWNER("last-owner", 409, "A channel keeps at least one owner", Retry.AFTER_CHANGE),
  TASK_ENDED("task-ended", 409, "The task has ended", Retry.NEVER),
  APPROVAL_DECIDED("approval-decided", 409, "The approval was decided before", Retry.NEVER),
  SERVICE_UNAVAILABLE(
      "service-unavailable", 409, "The service cannot be had like this now", Retry.LATER),
  REQUEST_CLOSED("request-closed", 409, "The request takes no offers any more", Retry.NEVER),
  INSUFFICIENT_FUNDS("insufficient-funds", 409, "The account has too little", Retry.AFTER_CHANGE),
  ID_TAKEN("id-taken", 409, "The id was used for something else", Retry.AFTER_CHANGE),
  TRANSFER_ENDED("transfer-ended", 409, "The transfer was ended before", Retry.NEVER),
  OUT_OF_TURN("out-of-turn", 409, "The move does not follow the one before", Retry.AFTER_CHANGE),
  RATING_CLOSED(
      "rating-closed", 409, "The rating can be neither given nor shown now", Retry.AFTER_CHANGE),
  NEGOTIATION_ENDED("negotiation-ended", 409, "The negotiation has ended", Retry.NEVER),
  CHANNEL_FULL("channel-full", 409, "The channel has all the members it may have", Retry.LATER),
  CHALLENGE_CLOSED(
      "challenge-closed", 410, "The challenge cannot be answered any more", Retry.AFTER_CHANGE),
  INVITE_EXPIRED("invite-expired", 410, "The invite has expired", Retry.NEVER),
  INVITE_USED_UP(
      "invite-used-up", 410, "The invite has been used as often as it may be", Retry.NEVER),
  MESSAGE_TOO_LARGE("message-too-large", 413, "The message is too large", Retry.AFTER_CHANGE),
  REQUEST_TOO_LARGE("request-too-large", 413, "The request is too large", Retry.AFTER_CHANGE),
  UNSUPPORTED_MEDIA_TYPE(
      "unsupported-media-type",
      415,
      "The body is not JSON by its Content-Type",
      Retry.AFTER_CHANGE),
  LISTING_REFUSED(
      "listing-refused", 422, "The listing holds what no listing may hold", Retry.AFTER_CHANGE),
  LOG_FORKED("log-forked", 422, "The log does not begin with what was signed", Retry.AFTER_CHANGE),
  BUDGET_EXHAUSTED("budget-exhausted", 429, "A budget has too little left", Retry.LATER),
  CIRCUIT_OPEN("circuit-open", 429, "A circuit breaker has tripped", Retry.LATER),
  TOO_MANY_OPEN("too-many-open", 429, "The agent holds too much open at once", Retry.LATER),
  RATE_LIMITED("rate-limited", 429, "Too many messages in a short time", Retry.LATER),
  INBOX_FULL("inbox-full", 429, "The recipient has too many unread messages", Retry.LATER),
  HEADERS_TOO_LARGE(
      "headers-too-large", 431, "The request's headers are too large", Retry.AFTER_CHANGE),
  IMPORT_FAILED("import-failed", 502, "What was to be imported cannot be read", Retry.LATER),
  OUTSIDE_AGENT_FAILED(
      "outside-agent-failed", 502, "The outside agent did not do this", Retry.LATER),
  CALL_FAILED("call-failed", 502, "The service did not answer the call", Retry.LATER),
  BUSY("busy", 503, "The hub has more work waiting than it may hold", Retry.LATER),
  STOPPING("stopping", 503, "The hub is stopping", Retry.LATER),
  IN_DOUBT("in-doubt", 504, "It is not known whether this was stored", Retry.LATER),
  STORAGE_FULL("storage-full", 507, "The hub's disk is full", Retry.LATER);

  /// Whether the same request can succeed another time.
  public enum Retry {
    /// It never will.
    NEVER,
    /// It may, after some time.
    LATER,
    /// It may, after the caller has changed something.
    AFTER_CHANGE
  }

  private static final Map<String, ProblemType> BY_SLUG =
      Arrays.stream(values()).collect(Collectors.toMap(ProblemType::slug, Function.identity()));

  private final String slug;
  private final int status;
  private final String title;
  private final Retry retry;

  ProblemType(String slug, int status, String title, Retry retry) {
    this.slug = slug;
    this.status = status;
    this.title = title;
    this.retry = retry;
  }

  /// The stable name, as in `/problems/<slug>`.
  public String slug() {
    return slug;
  }

  /// The HTTP status.
  public int status() {
    return status;
  }

  /// The words that never vary with the request.
  public String title() {
    return title;
  }

  /// Whether to try again.
  public Retry retry() {
    return retry;
  }

  /// The type with this slug.
  public static Optional<ProblemType> of(String slug) {
    return Optional.ofNullable(BY_SLUG.get(slug));
  }
}
