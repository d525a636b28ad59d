package dev.meshkore.hub.reputation;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.scan.Said;
import dev.meshkore.hub.scan.Scan;

/// A rating as somebody gives it.
///
/// @param comment or ""
record RatingDraft(int stars, String comment) {
  private static final int STARS_MAX = 5;
  private static final int COMMENT_CHARACTERS_MAX = 500;

  static RatingDraft read(Fields fields) {
    int stars = (int) fields.number("rating", 1, STARS_MAX);
    String comment =
        ProfileFields.freeText(
                "comment", fields.optionalText("comment").orElse(""), COMMENT_CHARACTERS_MAX)
            .strip();
    fields.end();
    if (!comment.isEmpty()) {
      Scan.of(Said.text("comment", comment)).orRefuse();
    }
    return new RatingDraft(stars, comment);
  }

  boolean isSaidBy(Rating rating) {
    return rating.stars() == stars && rating.comment().equals(comment);
  }
}
