package dev.meshkore.hub.console;

import dev.meshkore.hub.http.Page;
import dev.meshkore.hub.http.Preference;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.relay.Relay;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The hub's pages and guides. None needs scripts, or anything from elsewhere.
public final class ConsoleRoutes {
  private static final String HTML = "text/html";
  private static final String JSON = "application/json";
  private static final Pattern SERVERS = Pattern.compile("(?m)^servers:\\n(?:[ #].*\\n)+");

  private final Callers callers;
  private final Supplier<String> hubUrl;
  private final Facts facts;
  private final Supplier<Facts.Counts> counts;
  private final LongFunction<Relay.Mailbox> mailboxes;
  private final Once<Node> contract = new Once<>(() -> Node.parse(file("/protocol/openapi.yaml")));
  private final Once<String> docs;
  private final Once<String> contractText;
  private final Once<ProblemPages> problems =
      new Once<>(() -> new ProblemPages(Node.parse(file("/protocol/problems.yaml"))));
  private final Once<String> style = new Once<>(() -> file("/pages/style.css"));
  private final Page landing = Page.read("landing.html");
  private final Page context = Page.read("context.md");
  private final Page llms = Page.read("llms.txt");

  /// Routes that tell these things of the hub at this URL.
  public ConsoleRoutes(
      Callers callers,
      Supplier<String> hubUrl,
      Facts facts,
      Supplier<Facts.Counts> counts,
      LongFunction<Relay.Mailbox> mailboxes) {
    this.callers = callers;
    this.hubUrl = hubUrl;
    this.facts = facts;
    this.counts = counts;
    this.mailboxes = mailboxes;
    this.docs = new Once<>(() -> DocsPage.of(contract.get(), hubUrl.get()));
    this.contractText = new Once<>(this::contractWithServer);
  }

  /// Adds the routes.
  public void addTo(Router router) {
    router
        .get("/", this::landing)
        .get("/docs", _ -> Response.page(200, docs.get()))
        .get("/openapi.yaml", _ -> Response.text(200, "application/yaml", contractText.get()))
        .get("/problems", this::problems)
        .get("/problems/{slug}", this::problem)
        .get("/context", callers.agent(this::context))
        .get("/llms.txt", _ -> text("text/plain", llms, facts.values(hubUrl.get())))
        .get("/style.css", this::style);
  }

  private Response landing(Request request) {
    Facts.Counts now = counts.get();
    Map<String, String> values = facts.values(hubUrl.get());
    values.put("agents", Long.toString(now.agents()));
    values.put("online", Long.toString(now.online()));
    values.put("channels", Long.toString(now.channels()));
    values.put("messages", Long.toString(now.messages()));
    values.replaceAll((_, value) -> Html.escape(value));
    String page = Html.page("A MeshKore hub", landing.fill(values));
    return Response.page(200, page).with("Cache-Control", "no-store");
  }

  private Response problems(Request request) {
    return either(
        prefersJson(request)
            ? Response.json(200, problems.get().json())
            : Response.page(200, problems.get().page()));
  }

  private Response problem(Request request) {
    String slug = request.name("slug");
    return prefersJson(request)
        ? problems
            .get()
            .json(slug)
            .map(body -> either(Response.json(200, body)))
            .orElseGet(Problems::unknownPath)
        : problems
            .get()
            .page(slug)
            .map(page -> either(Response.page(200, page)))
            .orElseGet(Problems::unknownPath);
  }

  private Response context(Request request, Caller.OfAgent caller) {
    Relay.Mailbox mailbox = mailboxes.apply(caller.number());
    var values = new HashMap<>(facts.values(hubUrl.get()));
    values.put("agent_id", caller.id());
    values.put("unread_now", Long.toString(mailbox.head() - mailbox.acknowledged()));
    values.put("head", Long.toString(mailbox.head()));
    values.put("acknowledged", Long.toString(mailbox.acknowledged()));
    List<String> channels = mailbox.channels();
    values.put("channels", channels.isEmpty() ? "none" : String.join(", ", channels));
    return text("text/markdown", context, values).with("Cache-Control", "no-store");
  }

  private Response style(Request request) {
    return Response.text(200, "text/css", style.get())
        .with("Cache-Control", "public, max-age=3600");
  }

  private static Response.Whole text(String mediaType, Page page, Map<String, String> values) {
    return Response.text(200, mediaType, page.fill(values));
  }

  private static Response.Whole either(Response.Whole answer) {
    return answer.with("Vary", "Accept");
  }

  private static boolean prefersJson(Request request) {
    String accept = String.join(",", request.headers("Accept"));
    return Preference.best(accept, List.of(HTML, JSON)).equals(JSON);
  }

  private String contractWithServer() {
    String servers = "servers:\n  - url: '" + hubUrl.get().replace("'", "''") + "'\n";
    return SERVERS
        .matcher(file("/protocol/openapi.yaml"))
        .replaceFirst(Matcher.quoteReplacement(servers));
  }

  private static String file(String name) {
    try (InputStream stream = ConsoleRoutes.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("The file " + name + " is missing");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
