package dev.meshkore.hub.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which handler answers which method and path. A pattern's `{name}` takes one path segment that is
/// not empty; a literal segment, percent-encoded or not, goes before a name. Filled at start, read
/// by all threads afterwards.
public final class Router {
  /// One way in, as the contract names it.
  ///
  /// @param method in upper case
  /// @param pattern such as `/history/{peer}`
  public record Route(String method, String pattern) {}

  /// Stands for requests that matched nothing, in the figures.
  static final Route NO_ROUTE = new Route("other", "none");

  /// What was found for a request.
  sealed interface Match {
    /// A handler, with the values of the pattern's names.
    record Found(Route route, Handler handler, Map<String, String> names) implements Match {}

    /// The path is known, the method is not.
    record OtherMethods(Set<String> methods) implements Match {}

    /// The path is not known.
    record Unknown() implements Match {}
  }

  private static final class Node {
    final Map<String, Node> literals = new HashMap<>();
    @Nullable Node name;
    final Map<String, Leaf> leaves = new HashMap<>();
  }

  private record Leaf(Route route, List<String> names, Handler handler, boolean isForHead) {}

  private final Node root = new Node();
  private final Set<Route> routes = new LinkedHashSet<>();

  /// Adds a route that answers GET (and HEAD).
  public Router get(String pattern, Handler handler) {
    return add("GET", pattern, handler);
  }

  /// Adds a route that answers GET and not HEAD: it changes what it tells of, or never ends.
  public Router getOnly(String pattern, Handler handler) {
    return add("GET", pattern, handler, false);
  }

  /// Adds a route that answers POST.
  public Router post(String pattern, Handler handler) {
    return add("POST", pattern, handler);
  }

  /// Adds a route for any method.
  public Router add(String method, String pattern, Handler handler) {
    return add(method, pattern, handler, method.equals("GET"));
  }

  private Router add(String method, String pattern, Handler handler, boolean isForHead) {
    var names = new ArrayList<String>();
    Node node = root;
    for (String segment : segments(pattern)) {
      if (segment.startsWith("{")) {
        names.add(segment.substring(1, segment.length() - 1));
        Node next = node.name == null ? new Node() : node.name;
        node.name = next;
        node = next;
      } else {
        node = node.literals.computeIfAbsent(segment, _ -> new Node());
      }
    }
    var route = new Route(method, pattern);
    if (node.leaves.put(method, new Leaf(route, names, handler, isForHead)) != null) {
      throw new IllegalStateException(method + " " + pattern + " has two handlers");
    }
    routes.add(route);
    return this;
  }

  /// Every route, in the order added.
  public Set<Route> routes() {
    return Set.copyOf(routes);
  }

  Match match(String method, String rawPath) {
    var values = new ArrayList<String>();
    Node node = find(root, segments(rawPath), 0, values);
    if (node == null || node.leaves.isEmpty()) {
      return new Match.Unknown();
    }
    boolean isHead = method.equals("HEAD");
    Leaf get = node.leaves.get("GET");
    boolean takesHead = get != null && get.isForHead();
    Leaf leaf = isHead ? (takesHead ? get : null) : node.leaves.get(method);
    if (leaf == null) {
      var methods = new TreeSet<>(node.leaves.keySet());
      if (takesHead) {
        methods.add("HEAD");
      }
      return new Match.OtherMethods(methods);
    }
    var names = new HashMap<String, String>();
    for (int i = 0; i < leaf.names().size(); i++) {
      names.put(leaf.names().get(i), values.get(i));
    }
    return new Match.Found(leaf.route(), leaf.handler(), names);
  }

  private static @Nullable Node find(
      Node node, List<String> segments, int depth, List<String> values) {
    if (depth == segments.size()) {
      return node;
    }
    int valueCount = values.size();
    Node literal = node.literals.get(Percent.decode(segments.get(depth)));
    Node found = literal == null ? null : find(literal, segments, depth + 1, values);
    boolean isFound = found != null && !found.leaves.isEmpty();
    if (isFound || node.name == null || segments.get(depth).isEmpty()) {
      return found;
    }
    values.subList(valueCount, values.size()).clear();
    values.add(Percent.decode(segments.get(depth)));
    Node named = find(node.name, segments, depth + 1, values);
    if (named == null) {
      values.removeLast();
    }
    return named;
  }

  private static List<String> segments(String path) {
    return List.of(path.substring(Math.min(1, path.length())).split("/", -1));
  }
}
