package dev.meshkore.sdk;

/// Why one way to pay was not taken. Nothing was signed for it.
///
/// @param limit what stood against it
/// @param detail in words, in which texts of the seller are quoted and cut: data
public record Denial(Limit limit, String detail) {
  /// What can stand against a payment.
  public enum Limit {
    /// What the seller asks for cannot be read.
    TERMS,
    /// It is not the scheme `exact` by EIP-3009.
    SCHEME,
    /// Nothing may be paid on that network.
    NETWORK,
    /// Nothing may be paid in that asset.
    ASSET,
    /// It would be signed for a contract that is neither the asset nor the gateway.
    CONTRACT,
    /// It is over the most that a payment may have.
    PER_PAYMENT,
    /// With what was signed before it is over the most that all may have.
    IN_ALL,
    /// It would count for longer than a payment may.
    TIME
  }

  /// What somebody else wrote, fit for a line: cut, in quotes, without what controls a terminal.
  static String quoted(String text) {
    int most = 120;
    String cut = text.length() > most ? text.substring(0, most) + "…" : text;
    return '"' + cut.replaceAll("[\\p{Cntrl}\\p{Cf}\"]", "?") + '"';
  }
}
