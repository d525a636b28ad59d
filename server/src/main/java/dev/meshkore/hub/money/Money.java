package dev.meshkore.hub.money;

import dev.meshkore.hub.problem.Refused;
import java.util.regex.Pattern;

/// An amount of an asset, in its smallest unit. Reckoning is exact or refused.
///
/// @param asset what it is of
/// @param atoms how many of its smallest units
public record Money(Asset asset, long atoms) {
  /// The largest amount: every reader of JSON holds it exactly.
  public static final long ATOMS_MAX = 1_000_000_000_000_000L;

  private static final Pattern DECIMAL =
      Pattern.compile("(0|[1-9][0-9]{0,15})(?:\\.([0-9]{1,18}))?");

  /// Takes no amount below nothing or above [#ATOMS_MAX].
  public Money {
    if (atoms < 0 || atoms > ATOMS_MAX) {
      throw new IllegalArgumentException("An amount is from 0 to " + ATOMS_MAX + " atoms");
    }
  }

  /// Reads atoms.
  ///
  /// @throws Refused when they are below nothing or too many
  public static Money of(String field, Asset asset, long atoms) {
    if (atoms < 0 || atoms > ATOMS_MAX) {
      throw Refused.field(field, field + " must be from 0 to " + ATOMS_MAX + " atoms");
    }
    return new Money(asset, atoms);
  }

  /// Reads a decimal text exactly: digits, and after a point no more of them than the asset has.
  ///
  /// @throws Refused when it has a sign, an exponent, a leading zero or too many digits
  public static Money parse(String field, Asset asset, String text) {
    var decimal = DECIMAL.matcher(text);
    if (!decimal.matches()) {
      throw Refused.field(
          field, field + " must be digits such as 12.50, without sign, exponent or leading zeros");
    }
    String fraction = decimal.group(2) == null ? "" : decimal.group(2);
    if (fraction.length() > asset.decimals()) {
      throw Refused.field(
          field, asset.code() + " has " + asset.decimals() + " digits after the point, not more");
    }
    String digits = decimal.group(1) + fraction + "0".repeat(asset.decimals() - fraction.length());
    if (digits.length() > 18) {
      throw Refused.field(field, field + " must be at most " + ATOMS_MAX + " atoms");
    }
    return of(field, asset, Long.parseLong(digits));
  }

  /// So many times as much.
  ///
  /// @throws Refused when that is too much
  public Money times(String field, long count) {
    if (count < 0 || (count > 0 && atoms > ATOMS_MAX / count)) {
      throw Refused.field(field, field + " makes more than " + ATOMS_MAX + " atoms");
    }
    return new Money(asset, atoms * count);
  }

  /// The amount as a decimal, such as `12.50`.
  public String decimal() {
    String digits = Long.toString(atoms);
    int decimals = asset.decimals();
    if (decimals == 0) {
      return digits;
    }
    String padded = "0".repeat(Math.max(0, decimals + 1 - digits.length())) + digits;
    int point = padded.length() - decimals;
    return padded.substring(0, point) + "." + padded.substring(point);
  }

  @Override
  public String toString() {
    return decimal() + " " + asset.code();
  }
}
