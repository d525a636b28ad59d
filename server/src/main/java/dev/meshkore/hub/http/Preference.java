package dev.meshkore.hub.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Which of several media types a client likes best (RFC 9110 §12.5.1). A higher `q` goes first,
/// then what is named more exactly, then what is offered first.
public final class Preference {
  /// One item of an Accept header.
  private record Range(String type, String subtype, double quality) {
    /// 0 where it does not match, and more the more exactly it does.
    int exactness(String mediaType) {
      String[] parts = mediaType.split("/", 2);
      if (type.equals(parts[0])) {
        return subtype.equals(parts[1]) ? 3 : subtype.equals("*") ? 2 : 0;
      }
      return type.equals("*") && subtype.equals("*") ? 1 : 0;
    }
  }

  private Preference() {}

  /// The best of what is offered; the first where nothing is accepted, or everything alike.
  public static String best(String accept, List<String> offered) {
    List<Range> ranges = ranges(accept);
    String best = offered.getFirst();
    double bestQuality = 0;
    int bestExactness = 0;
    for (String mediaType : offered) {
      double quality = 0;
      int exactness = 0;
      for (Range range : ranges) {
        if (range.exactness(mediaType) > exactness) {
          exactness = range.exactness(mediaType);
          quality = range.quality();
        }
      }
      boolean isBetter =
          quality > bestQuality
              || (quality == bestQuality && quality > 0 && exactness > bestExactness);
      if (isBetter) {
        best = mediaType;
        bestQuality = quality;
        bestExactness = exactness;
      }
    }
    return best;
  }

  private static List<Range> ranges(String accept) {
    var ranges = new ArrayList<Range>();
    for (String item : accept.toLowerCase(Locale.ROOT).split(",", -1)) {
      String[] parts = item.split(";", -1);
      String[] type = parts[0].strip().split("/", 2);
      if (type.length == 2) {
        ranges.add(new Range(type[0].strip(), type[1].strip(), quality(parts)));
      }
    }
    return ranges;
  }

  private static double quality(String[] parts) {
    for (String part : parts) {
      String parameter = part.strip();
      if (parameter.matches("q=[01](\\.[0-9]{0,3})?")) {
        return Math.min(1, Double.parseDouble(parameter.substring(2)));
      }
    }
    return 1;
  }
}
