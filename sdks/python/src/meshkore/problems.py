"""One exception for every refusal of a hub.

Generated from protocol/problems.yaml by tools/generate_problems.py. Do not edit.
"""

from __future__ import annotations

from meshkore.errors import ProblemError

__all__ = [
    "PROBLEMS",
    "AgentExistsError",
    "AgentOwnedError",
    "ApprovalDecidedError",
    "ApprovalRequiredError",
    "BudgetExhaustedError",
    "BusyError",
    "CallFailedError",
    "ChallengeClosedError",
    "ChannelExistsError",
    "ChannelFullError",
    "CircuitOpenError",
    "ContactRequiredError",
    "DelegationRefusedError",
    "HeadersTooLargeError",
    "IdTakenError",
    "ImportFailedError",
    "InDoubtError",
    "InboxFullError",
    "InsufficientFundsError",
    "InvalidFieldError",
    "InviteExpiredError",
    "InviteUsedUpError",
    "KeyTakenError",
    "LastOwnerError",
    "ListingRefusedError",
    "LogForkedError",
    "LookAlikeNameError",
    "MalformedJsonError",
    "MandateInvalidError",
    "MandateRequiredError",
    "MessageTooLargeError",
    "MoveUnsignedError",
    "NegotiationEndedError",
    "NotAllowedError",
    "OutOfTurnError",
    "OutboundRefusedError",
    "OutsideAgentFailedError",
    "PaymentRequiredError",
    "RateLimitedError",
    "RatingClosedError",
    "RequestClosedError",
    "RequestTooLargeError",
    "ServiceUnavailableError",
    "SignatureExpiredError",
    "SignatureUsedError",
    "StoppedError",
    "StoppingError",
    "StorageFullError",
    "TaskEndedError",
    "TokenExpiredError",
    "TooManyOpenError",
    "TransferEndedError",
    "UnauthenticatedError",
    "UnknownAgentError",
    "UnknownApprovalError",
    "UnknownBatchError",
    "UnknownCallError",
    "UnknownChannelError",
    "UnknownFeedError",
    "UnknownImportError",
    "UnknownInviteError",
    "UnknownJobError",
    "UnknownKeyError",
    "UnknownLeafError",
    "UnknownLogError",
    "UnknownMandateError",
    "UnknownMessageError",
    "UnknownNegotiationError",
    "UnknownOfferError",
    "UnknownOwnerError",
    "UnknownRecipientError",
    "UnknownRequestError",
    "UnknownServiceError",
    "UnknownTransferError",
    "UnknownVerificationError",
    "UnsupportedMediaTypeError",
]


class MalformedJsonError(ProblemError):
    """The body is not valid JSON."""

    slug = "malformed-json"
    default_retry = "after-change"


class InvalidFieldError(ProblemError):
    """A field has a value that is not accepted."""

    slug = "invalid-field"
    default_retry = "after-change"


class OutboundRefusedError(ProblemError):
    """The hub does not call this address."""

    slug = "outbound-refused"
    default_retry = "after-change"


class MandateInvalidError(ProblemError):
    """The mandate is not valid."""

    slug = "mandate-invalid"
    default_retry = "after-change"


class UnauthenticatedError(ProblemError):
    """The caller is not known."""

    slug = "unauthenticated"
    default_retry = "after-change"


class TokenExpiredError(ProblemError):
    """The token has expired."""

    slug = "token-expired"
    default_retry = "after-change"


class SignatureExpiredError(ProblemError):
    """The signature is not of this time."""

    slug = "signature-expired"
    default_retry = "after-change"


class SignatureUsedError(ProblemError):
    """The signature was used before."""

    slug = "signature-used"
    default_retry = "after-change"


class PaymentRequiredError(ProblemError):
    """The call must be paid."""

    slug = "payment-required"
    default_retry = "after-change"


class NotAllowedError(ProblemError):
    """The caller may not do this."""

    slug = "not-allowed"
    default_retry = "after-change"


class ApprovalRequiredError(ProblemError):
    """A person must approve this first."""

    slug = "approval-required"
    default_retry = "after-change"


class ContactRequiredError(ProblemError):
    """The recipient takes mail from its contacts."""

    slug = "contact-required"
    default_retry = "after-change"


class StoppedError(ProblemError):
    """This was stopped by a person."""

    slug = "stopped"
    default_retry = "later"


class MandateRequiredError(ProblemError):
    """No mandate allows this."""

    slug = "mandate-required"
    default_retry = "after-change"


class MoveUnsignedError(ProblemError):
    """The move must be signed."""

    slug = "move-unsigned"
    default_retry = "after-change"


class DelegationRefusedError(ProblemError):
    """The mandate cannot be handed on like this."""

    slug = "delegation-refused"
    default_retry = "after-change"


class UnknownOwnerError(ProblemError):
    """There is no such owner."""

    slug = "unknown-owner"
    default_retry = "after-change"


class UnknownMandateError(ProblemError):
    """There is no such mandate."""

    slug = "unknown-mandate"
    default_retry = "after-change"


class UnknownVerificationError(ProblemError):
    """There is no such verification."""

    slug = "unknown-verification"
    default_retry = "after-change"


class UnknownRecipientError(ProblemError):
    """There is no such recipient."""

    slug = "unknown-recipient"
    default_retry = "after-change"


class UnknownAgentError(ProblemError):
    """There is no such agent."""

    slug = "unknown-agent"
    default_retry = "after-change"


class UnknownChannelError(ProblemError):
    """There is no such channel."""

    slug = "unknown-channel"
    default_retry = "after-change"


class UnknownMessageError(ProblemError):
    """There is no such message of yours."""

    slug = "unknown-message"
    default_retry = "after-change"


class UnknownApprovalError(ProblemError):
    """There is no such approval."""

    slug = "unknown-approval"
    default_retry = "after-change"


class UnknownKeyError(ProblemError):
    """There is no such key of yours."""

    slug = "unknown-key"
    default_retry = "after-change"


class UnknownLeafError(ProblemError):
    """The audit log has no such leaf for you."""

    slug = "unknown-leaf"
    default_retry = "later"


class UnknownServiceError(ProblemError):
    """There is no such service."""

    slug = "unknown-service"
    default_retry = "after-change"


class UnknownTransferError(ProblemError):
    """There is no such transfer of yours."""

    slug = "unknown-transfer"
    default_retry = "never"


class UnknownCallError(ProblemError):
    """There is no such call of yours."""

    slug = "unknown-call"
    default_retry = "never"


class UnknownBatchError(ProblemError):
    """There is no such batch."""

    slug = "unknown-batch"
    default_retry = "never"


class UnknownJobError(ProblemError):
    """There is no such job of yours."""

    slug = "unknown-job"
    default_retry = "never"


class UnknownRequestError(ProblemError):
    """There is no such request."""

    slug = "unknown-request"
    default_retry = "after-change"


class UnknownOfferError(ProblemError):
    """There is no such offer for you."""

    slug = "unknown-offer"
    default_retry = "after-change"


class UnknownFeedError(ProblemError):
    """There is no such feed of yours."""

    slug = "unknown-feed"
    default_retry = "after-change"


class UnknownNegotiationError(ProblemError):
    """There is no such negotiation of yours."""

    slug = "unknown-negotiation"
    default_retry = "after-change"


class UnknownLogError(ProblemError):
    """The hub is no witness of this log."""

    slug = "unknown-log"
    default_retry = "after-change"


class UnknownImportError(ProblemError):
    """There is no such import."""

    slug = "unknown-import"
    default_retry = "after-change"


class UnknownInviteError(ProblemError):
    """There is no such invite."""

    slug = "unknown-invite"
    default_retry = "never"


class AgentExistsError(ProblemError):
    """The agent id is taken."""

    slug = "agent-exists"
    default_retry = "after-change"


class AgentOwnedError(ProblemError):
    """The agent has another owner."""

    slug = "agent-owned"
    default_retry = "after-change"


class ChannelExistsError(ProblemError):
    """The channel id is taken."""

    slug = "channel-exists"
    default_retry = "after-change"


class KeyTakenError(ProblemError):
    """The key is, or was, bound."""

    slug = "key-taken"
    default_retry = "after-change"


class LookAlikeNameError(ProblemError):
    """The name looks like another's."""

    slug = "look-alike-name"
    default_retry = "after-change"


class LastOwnerError(ProblemError):
    """A channel keeps at least one owner."""

    slug = "last-owner"
    default_retry = "after-change"


class TaskEndedError(ProblemError):
    """The task has ended."""

    slug = "task-ended"
    default_retry = "never"


class ApprovalDecidedError(ProblemError):
    """The approval was decided before."""

    slug = "approval-decided"
    default_retry = "never"


class ServiceUnavailableError(ProblemError):
    """The service cannot be had like this now."""

    slug = "service-unavailable"
    default_retry = "later"


class RequestClosedError(ProblemError):
    """The request takes no offers any more."""

    slug = "request-closed"
    default_retry = "never"


class InsufficientFundsError(ProblemError):
    """The account has too little."""

    slug = "insufficient-funds"
    default_retry = "after-change"


class IdTakenError(ProblemError):
    """The id was used for something else."""

    slug = "id-taken"
    default_retry = "after-change"


class TransferEndedError(ProblemError):
    """The transfer was ended before."""

    slug = "transfer-ended"
    default_retry = "never"


class OutOfTurnError(ProblemError):
    """The move does not follow the one before."""

    slug = "out-of-turn"
    default_retry = "after-change"


class RatingClosedError(ProblemError):
    """The rating can be neither given nor shown now."""

    slug = "rating-closed"
    default_retry = "after-change"


class NegotiationEndedError(ProblemError):
    """The negotiation has ended."""

    slug = "negotiation-ended"
    default_retry = "never"


class ChannelFullError(ProblemError):
    """The channel has all the members it may have."""

    slug = "channel-full"
    default_retry = "later"


class ChallengeClosedError(ProblemError):
    """The challenge cannot be answered any more."""

    slug = "challenge-closed"
    default_retry = "after-change"


class InviteExpiredError(ProblemError):
    """The invite has expired."""

    slug = "invite-expired"
    default_retry = "never"


class InviteUsedUpError(ProblemError):
    """The invite has been used as often as it may be."""

    slug = "invite-used-up"
    default_retry = "never"


class MessageTooLargeError(ProblemError):
    """The message is too large."""

    slug = "message-too-large"
    default_retry = "after-change"


class RequestTooLargeError(ProblemError):
    """The request is too large."""

    slug = "request-too-large"
    default_retry = "after-change"


class UnsupportedMediaTypeError(ProblemError):
    """The body is not JSON by its Content-Type."""

    slug = "unsupported-media-type"
    default_retry = "after-change"


class ListingRefusedError(ProblemError):
    """The listing holds what no listing may hold."""

    slug = "listing-refused"
    default_retry = "after-change"


class LogForkedError(ProblemError):
    """The log does not begin with what was signed."""

    slug = "log-forked"
    default_retry = "after-change"


class BudgetExhaustedError(ProblemError):
    """A budget has too little left."""

    slug = "budget-exhausted"
    default_retry = "later"


class CircuitOpenError(ProblemError):
    """A circuit breaker has tripped."""

    slug = "circuit-open"
    default_retry = "later"


class TooManyOpenError(ProblemError):
    """The agent holds too much open at once."""

    slug = "too-many-open"
    default_retry = "later"


class RateLimitedError(ProblemError):
    """Too many messages in a short time."""

    slug = "rate-limited"
    default_retry = "later"


class InboxFullError(ProblemError):
    """The recipient has too many unread messages."""

    slug = "inbox-full"
    default_retry = "later"


class HeadersTooLargeError(ProblemError):
    """The request's headers are too large."""

    slug = "headers-too-large"
    default_retry = "after-change"


class ImportFailedError(ProblemError):
    """What was to be imported cannot be read."""

    slug = "import-failed"
    default_retry = "later"


class OutsideAgentFailedError(ProblemError):
    """The outside agent did not do this."""

    slug = "outside-agent-failed"
    default_retry = "later"


class CallFailedError(ProblemError):
    """The service did not answer the call."""

    slug = "call-failed"
    default_retry = "later"


class BusyError(ProblemError):
    """The hub has more work waiting than it may hold."""

    slug = "busy"
    default_retry = "later"


class StoppingError(ProblemError):
    """The hub is stopping."""

    slug = "stopping"
    default_retry = "later"


class InDoubtError(ProblemError):
    """It is not known whether this was stored."""

    slug = "in-doubt"
    default_retry = "later"


class StorageFullError(ProblemError):
    """The hub's disk is full."""

    slug = "storage-full"
    default_retry = "later"


PROBLEMS: dict[str, type[ProblemError]] = {
    "malformed-json": MalformedJsonError,
    "invalid-field": InvalidFieldError,
    "outbound-refused": OutboundRefusedError,
    "mandate-invalid": MandateInvalidError,
    "unauthenticated": UnauthenticatedError,
    "token-expired": TokenExpiredError,
    "signature-expired": SignatureExpiredError,
    "signature-used": SignatureUsedError,
    "payment-required": PaymentRequiredError,
    "not-allowed": NotAllowedError,
    "approval-required": ApprovalRequiredError,
    "contact-required": ContactRequiredError,
    "stopped": StoppedError,
    "mandate-required": MandateRequiredError,
    "move-unsigned": MoveUnsignedError,
    "delegation-refused": DelegationRefusedError,
    "unknown-owner": UnknownOwnerError,
    "unknown-mandate": UnknownMandateError,
    "unknown-verification": UnknownVerificationError,
    "unknown-recipient": UnknownRecipientError,
    "unknown-agent": UnknownAgentError,
    "unknown-channel": UnknownChannelError,
    "unknown-message": UnknownMessageError,
    "unknown-approval": UnknownApprovalError,
    "unknown-key": UnknownKeyError,
    "unknown-leaf": UnknownLeafError,
    "unknown-service": UnknownServiceError,
    "unknown-transfer": UnknownTransferError,
    "unknown-call": UnknownCallError,
    "unknown-batch": UnknownBatchError,
    "unknown-job": UnknownJobError,
    "unknown-request": UnknownRequestError,
    "unknown-offer": UnknownOfferError,
    "unknown-feed": UnknownFeedError,
    "unknown-negotiation": UnknownNegotiationError,
    "unknown-log": UnknownLogError,
    "unknown-import": UnknownImportError,
    "unknown-invite": UnknownInviteError,
    "agent-exists": AgentExistsError,
    "agent-owned": AgentOwnedError,
    "channel-exists": ChannelExistsError,
    "key-taken": KeyTakenError,
    "look-alike-name": LookAlikeNameError,
    "last-owner": LastOwnerError,
    "task-ended": TaskEndedError,
    "approval-decided": ApprovalDecidedError,
    "service-unavailable": ServiceUnavailableError,
    "request-closed": RequestClosedError,
    "insufficient-funds": InsufficientFundsError,
    "id-taken": IdTakenError,
    "transfer-ended": TransferEndedError,
    "out-of-turn": OutOfTurnError,
    "rating-closed": RatingClosedError,
    "negotiation-ended": NegotiationEndedError,
    "channel-full": ChannelFullError,
    "challenge-closed": ChallengeClosedError,
    "invite-expired": InviteExpiredError,
    "invite-used-up": InviteUsedUpError,
    "message-too-large": MessageTooLargeError,
    "request-too-large": RequestTooLargeError,
    "unsupported-media-type": UnsupportedMediaTypeError,
    "listing-refused": ListingRefusedError,
    "log-forked": LogForkedError,
    "budget-exhausted": BudgetExhaustedError,
    "circuit-open": CircuitOpenError,
    "too-many-open": TooManyOpenError,
    "rate-limited": RateLimitedError,
    "inbox-full": InboxFullError,
    "headers-too-large": HeadersTooLargeError,
    "import-failed": ImportFailedError,
    "outside-agent-failed": OutsideAgentFailedError,
    "call-failed": CallFailedError,
    "busy": BusyError,
    "stopping": StoppingError,
    "in-doubt": InDoubtError,
    "storage-full": StorageFullError,
}
