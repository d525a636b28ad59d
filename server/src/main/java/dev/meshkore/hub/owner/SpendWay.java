package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.SendRule.Spending.Way;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// For what a mandate lets an agent spend, and by what it may be paid.
///
/// @param categories of the market, each with those below it; where there are none, for anything,
///   and else for nothing of which nobody said what it is
/// @param rails what may carry the money; where none was named, the hub's own ledger alone
record SpendWay(List<String> categories, List<String> rails) {
  /// For anything, by the hub's own ledger.
  static final SpendWay BY_LEDGER = new SpendWay(List.of(), List.of(Way.LEDGER));

  private static final int MOST = 50;
  private static final Pattern CATEGORY =
      Pattern.compile("[a-z0-9][a-z0-9-]{0,39}(/[a-z0-9][a-z0-9-]{0,39}){0,2}");
  private static final Pattern RAIL =
      Pattern.compile(Way.LEDGER + "|[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}");

  SpendWay {
    categories = List.copyOf(categories);
    rails = List.copyOf(rails);
  }

  static SpendWay read(Fields one) {
    return new SpendWay(
        texts(one, "categories", CATEGORY, "categories such as language/translation", List.of()),
        texts(one, "rails", RAIL, "ledger, or networks such as eip155:8453", BY_LEDGER.rails));
  }

  /// None at all would say that nothing may be spent, and is no limit that anybody wants.
  private static List<String> texts(
      Fields one, String name, Pattern form, String what, List<String> otherwise) {
    List<String> texts = one.texts(name).orElse(otherwise);
    boolean isGood =
        texts.size() <= MOST && texts.stream().allMatch(text -> form.matcher(text).matches());
    if (!isGood || (one.has(name) && texts.isEmpty())) {
      throw Refused.field("spend", name + " must be 1 to " + MOST + " of " + what);
    }
    return texts;
  }

  boolean allowsCategory(String category) {
    return categories.isEmpty() || categories.stream().anyMatch(own -> covers(own, category));
  }

  boolean allowsRail(String rail) {
    return rails.contains(rail);
  }

  private static boolean covers(String own, String category) {
    return category.equals(own) || category.startsWith(own + "/");
  }

  /// True where this lets nobody spend for or by anything that the other does not.
  boolean isWithin(SpendWay other) {
    boolean areCategories =
        other.categories.isEmpty()
            || (!categories.isEmpty() && categories.stream().allMatch(other::allowsCategory));
    return areCategories && other.rails.containsAll(rails);
  }

  void addTo(ObjectNode json) {
    if (!categories.isEmpty()) {
      ArrayNode list = json.putArray("categories");
      categories.forEach(list::add);
    }
    if (!rails.equals(BY_LEDGER.rails)) {
      ArrayNode list = json.putArray("rails");
      rails.forEach(list::add);
    }
  }
}
