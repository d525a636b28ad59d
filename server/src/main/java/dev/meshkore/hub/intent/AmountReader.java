package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Sentence.Match;
import java.math.BigInteger;
import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads amounts of money exactly, with thousands and decimals separated in the English or in the
/// continental way.
final class AmountReader {
  static final int DIGITS_MAX = 15;
  static final int FRACTION_DIGITS_MAX = 18;

  private static final Map<String, Integer> TOKEN_DECIMALS =
      Map.of("USDC", 6, "USDT", 6, "EURC", 6, "BTC", 8, "ETH", 18, "SOL", 9);
  private static final Set<String> CURRENCIES =
      Currency.getAvailableCurrencies().stream()
          .filter(currency -> currency.getDefaultFractionDigits() >= 0)
          .map(Currency::getCurrencyCode)
          .collect(Collectors.toUnmodifiableSet());

  private final Sentence sentence;

  /// An amount of money.
  ///
  /// @param end the token after it
  /// @param atoms of which `10^decimals` make one
  /// @param decimals as many as the asset has, or as were written
  /// @param asset in capitals
  record Amount(int end, BigInteger atoms, int decimals, String asset) {}

  /// A number.
  ///
  /// @param end the token after it
  /// @param whole the digits before the point
  /// @param fraction the digits after it
  private record Written(int end, String whole, String fraction) {}

  AmountReader(Sentence sentence) {
    this.sentence = sentence;
  }

  /// How many decimals an asset has; less than zero where it is not known.
  static int decimals(String asset) {
    Integer known = TOKEN_DECIMALS.get(asset);
    if (known != null) {
      return known;
    }
    return CURRENCIES.contains(asset) ? Currency.getInstance(asset).getDefaultFractionDigits() : -1;
  }

  /// The amount with its currency that begins here; null where it is none, or malformed.
  @Nullable Amount at(int i) {
    Match before = asset(i);
    int at = before == null ? i : before.end();
    Match hanNumber = sentence.isDigits(at) ? null : han(at);
    boolean isWithin = at == i && sentence.isDigits(i - 2) && !separator(i - 1).isBlank();
    if ((!sentence.isDigits(at) && hanNumber == null) || isWithin) {
      return null;
    }
    String asset = before == null ? "" : before.value();
    Written number =
        hanNumber == null ? number(at, asset) : new Written(hanNumber.end(), hanNumber.value(), "");
    if (number == null) {
      return null;
    }
    int end = number.end();
    Match scale = sentence.at(end, Meaning.SCALE);
    String zeros = "0";
    if (scale != null) {
      zeros = scale.value();
      end = scale.end();
    }
    Match after = asset(end);
    if (after != null) {
      asset = after.value();
      end = after.end();
    } else if (sentence.isTied(end) && end < sentence.size() && isWordHere(end)) {
      return null;
    }
    return asset.isEmpty() ? null : amount(end, number, zeros, asset);
  }

  /// A number with a currency may lack it before `and 60 euros`; where the number ends.
  int bareEnd(int i) {
    Amount amount = at(i);
    if (amount != null) {
      return amount.end();
    }
    Written number = sentence.isDigits(i) ? number(i, "") : null;
    return number == null ? i : number.end();
  }

  private boolean isWordHere(int i) {
    return sentence.token(i).shape() == Token.Shape.WORD;
  }

  private @Nullable Match asset(int i) {
    Match match = sentence.at(i, Meaning.ASSET);
    if (match != null || i >= sentence.size()) {
      boolean isSplit = match != null && match.end() == i + 2 && !sentence.isTied(i + 1);
      return isSplit && sentence.isSign(i + 1) && !sentence.word(i).equals("us") ? null : match;
    }
    Token token = sentence.token(i);
    String code = token.word().toUpperCase(Locale.ROOT);
    boolean isCode = token.isUpper() && CURRENCIES.contains(code);
    return isCode ? new Match(i + 1, code) : null;
  }

  private @Nullable Match han(int i) {
    boolean isHan = i < sentence.size() && sentence.token(i).shape() == Token.Shape.HAN;
    return isHan ? sentence.at(i, Meaning.NUMBER) : null;
  }

  /// Digits with separators, read as far as they are well formed; null where they are not.
  private @Nullable Written number(int i, String asset) {
    var groups = new StringBuilder(sentence.word(i));
    int lastLength = groups.length();
    int groupCount = 1;
    String separator = "";
    String fraction = "";
    int end = i + 1;
    while (fraction.isEmpty() && groups.length() <= DIGITS_MAX) {
      String sign = separator(end);
      int digits = sign.equals(" ") ? end : end + 1;
      if (sign.isEmpty() || !sentence.isDigits(digits)) {
        break;
      }
      String next = sentence.word(digits);
      boolean isThousands =
          (separator.isEmpty() || separator.equals(sign))
              && next.length() == 3
              && groups.length() <= 3 * groupCount
              && !groups.toString().equals("0")
              && !isFractionOf(sign, asset, digits + 1);
      if (sign.equals(" ") && !isThousands) {
        break;
      }
      if (isThousands) {
        groups.append(next);
        separator = sign;
        groupCount++;
      } else if (sign.equals(separator) || sign.equals("'")) {
        return null;
      } else {
        fraction = next;
      }
      lastLength = next.length();
      end = digits + 1;
    }
    boolean goesOn = !separator(end).isBlank() && sentence.isDigits(end + 1);
    if (goesOn || groups.length() > DIGITS_MAX || fraction.length() > FRACTION_DIGITS_MAX) {
      sentence.note("an amount that is malformed or too large was left out");
      return null;
    }
    if (groupCount == 2 && fraction.isEmpty() && lastLength == 3 && separator.equals(".")) {
      sentence.note("read \"" + sentence.text(i, end) + "\" as " + groups);
    }
    return new Written(end, groups.toString(), fraction);
  }

  /// `1.500` is fifteen hundred, but of an asset with many decimals, where a point is a point.
  private boolean isFractionOf(String sign, String asset, int end) {
    Match after = asset(end);
    String which = after == null ? asset : after.value();
    return sign.equals(".") && decimals(which.equals("SAT") ? "BTC" : which) > 3;
  }

  /// What is between two groups of digits: a sign that ties them, or one space.
  private String separator(int i) {
    if (sentence.isDigits(i) && !sentence.isTied(i)) {
      return sentence.token(i).start() - sentence.token(i - 1).end() == 1 ? " " : "";
    }
    boolean isTied = sentence.isTied(i) && sentence.isTied(i + 1);
    String sign = sentence.word(i);
    return isTied && (sign.equals(".") || sign.equals(",") || sign.equals("'")) ? sign : "";
  }

  private static @Nullable Amount amount(int end, Written number, String scale, String asset) {
    boolean isSat = asset.equals("SAT");
    int zeros = Integer.parseInt(scale);
    int own = isSat ? 0 : decimals(asset);
    int decimals = Math.max(own, number.fraction().length() - zeros);
    if (own < 0 || (isSat && decimals > 0)) {
      return null;
    }
    var written = new BigInteger(number.whole() + number.fraction());
    int shift = decimals + zeros - number.fraction().length();
    BigInteger atoms = written.multiply(BigInteger.TEN.pow(shift));
    if (atoms.signum() == 0) {
      return null;
    }
    return isSat ? new Amount(end, atoms, 8, "BTC") : new Amount(end, atoms, decimals, asset);
  }
}
