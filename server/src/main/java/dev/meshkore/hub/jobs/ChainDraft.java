package dev.meshkore.hub.jobs;

import dev.meshkore.hub.chain.Custody;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.problem.Refused;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What somebody who opens a job says of the chain on which it is paid.
///
/// @param asset in what it is paid
/// @param payer the client's address
/// @param payTo the provider's
/// @param deadline until when the hub may capture, a second, if that is said
record ChainDraft(Asset asset, Address payer, Address payTo, OptionalLong deadline) {
  /// So much longer than the longest way of a job the hub may capture: for what is not final yet,
  /// and for outages.
  private static final long MARGIN = Duration.ofDays(3).toSeconds();

  /// A deadline that was prepared so long ago may be signed still.
  private static final long PREPARED = Duration.ofHours(1).toSeconds();

  /// Nobody's money is to be bound for much longer.
  private static final long MARGIN_MAX = Duration.ofDays(60).toSeconds();

  /// As contracts hold times, and JSON numbers.
  private static final long SECOND_MAX = 1L << 47;

  /// What is said; empty for a job that is paid in credits.
  static Optional<ChainDraft> read(Fields fields) {
    Asset asset =
        fields.optionalText("asset").map(code -> Asset.of("asset", code)).orElse(Asset.CREDIT);
    if (asset.equals(Asset.CREDIT)) {
      return Optional.empty();
    }
    return Optional.of(
        new ChainDraft(
            asset,
            address(fields, "payer"),
            address(fields, "pay_to"),
            fields.has("capture_deadline")
                ? OptionalLong.of(fields.number("capture_deadline", 1, SECOND_MAX))
                : OptionalLong.empty()));
  }

  private static Address address(Fields fields, String name) {
    return Custody.address(fields.text(name))
        .orElseThrow(() -> Refused.field(name, name + " must be an address, 0x and 40 digits"));
  }

  /// The terms that it comes to, with all the others.
  ///
  /// @param known the deadline of the job that the same call opened before
  /// @throws Refused where they cannot be
  JobTerms terms(@Nullable Custody custody, JobTerms plain, long nowSeconds, OptionalLong known) {
    if (custody == null) {
      throw Refused.field("asset", "asset must be CREDIT: this hub settles on no chain");
    }
    if (!custody.asset().equals(asset)) {
      throw Refused.field("asset", "asset must be CREDIT or " + custody.asset().code());
    }
    if (plain.milestones().stream().anyMatch(one -> one.atoms() < custody.least())) {
      throw Refused.field("amount", "On a chain at least " + custody.least() + " atoms are paid");
    }
    if (payer.equals(payTo)) {
      throw Refused.field("pay_to", "pay_to must be another address than payer");
    }
    long end = nowSeconds + plain.longestSeconds();
    long least = end + MARGIN - PREPARED;
    long most = end + MARGIN_MAX;
    // What was opened before was checked then.
    if (known.isEmpty()
        && deadline.isPresent()
        && (deadline.getAsLong() < least || deadline.getAsLong() > most)) {
      throw Refused.field(
          "capture_deadline", "capture_deadline must be from " + least + " to " + most);
    }
    long until = deadline.orElse(known.orElse(end + MARGIN));
    return plain.on(
        new OnChain(
            custody.asset().code(),
            custody.network(),
            custody.escrow(),
            custody.operator(),
            payer,
            payTo,
            custody.feeReceiver(),
            until));
  }
}
