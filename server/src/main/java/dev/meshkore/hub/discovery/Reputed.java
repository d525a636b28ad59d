package dev.meshkore.hub.discovery;

import dev.meshkore.hub.problem.Refused;
import java.math.BigDecimal;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/// What others have said of agents after work, as one number for each.
@FunctionalInterface
public interface Reputed {
  /// An agent's reputation in thousandths, from 1000 to 5000; empty where nothing is known.
  OptionalLong of(long agent);

  /// Reads the least reputation that somebody asks for, in thousandths.
  static long least(String field, String text) {
    if (!Form.DECIMAL.matcher(text).matches()) {
      throw Refused.field(field, field + " must be a text from 1 to 5, as 4.5");
    }
    return new BigDecimal(text).movePointRight(Form.DIGITS).longValueExact();
  }

  /// How a reputation is written.
  final class Form {
    private static final int DIGITS = 3;
    private static final Pattern DECIMAL = Pattern.compile("[1-4](\\.[0-9]{1,3})?|5(\\.0{1,3})?");

    private Form() {}
  }
}
