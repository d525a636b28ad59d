package dev.meshkore.hub.payments;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.Refused;
import java.util.regex.Pattern;

/// What somebody wants to be moved.
///
/// @param id chosen by whoever wants it: the same id moves money once
/// @param amount how much
/// @param about what it is for, or ""
record Wish(String id, Money amount, String about) {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");
  private static final Pattern ABOUT = Pattern.compile("[!-~]{0,128}");

  /// Reads it; [Fields#end] is left to the caller.
  static Wish read(Fields fields) {
    String id = id(fields);
    Asset asset = asset(fields.optionalText("asset").orElse(Asset.CREDIT.code()));
    Money amount = MoneyJson.read("amount", asset, fields);
    if (amount.atoms() == 0) {
      throw Refused.field("amount", "amount must be more than nothing");
    }
    String about = fields.optionalText("about").orElse("");
    if (!ABOUT.matcher(about).matches()) {
      throw Refused.field("about", "about must be a reference of at most 128 letters, no spaces");
    }
    return new Wish(id, amount, about);
  }

  static String id(Fields fields) {
    String id = fields.text("id");
    if (!ID.matcher(id).matches()) {
      throw Refused.field("id", "id must be 1 to 64 letters, digits, dots, colons, _ or -");
    }
    return id;
  }

  /// An asset that this hub's ledger holds.
  private static Asset asset(String code) {
    if (!code.equals(Asset.CREDIT.code())) {
      throw Refused.field("asset", "asset must be CREDIT: the ledger holds test credits alone");
    }
    return Asset.CREDIT;
  }
}
