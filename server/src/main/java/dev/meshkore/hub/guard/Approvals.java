package dev.meshkore.hub.guard;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Actions that wait for a person. A policy marks kinds of action of an agent; such a call is kept
/// as it came, and is made once after it was approved, or never. A message uses its approval up in
/// the transaction that stores it, so that no crash and no race makes two of one. Thread-safe.
public final class Approvals implements SendRule, Holding {
  /// Makes a call as an agent.
  @FunctionalInterface
  public interface Runner {
    /// What the route answered.
    LocalCalls.Answer run(Caller.OfAgent caller, Approval.Call call);
  }

  static final String CONTACTS = "/contacts/";
  static final String CHANNEL_CREATE = "channel-create";
  private static final String FIRST_CONTACT = "first-contact";
  private static final String OUTSIDE = "outside";
  private static final String MESSAGE = "message";

  /// The kinds of action that can be marked.
  static final Set<String> KINDS = Set.of(FIRST_CONTACT, OUTSIDE, MESSAGE, CHANNEL_CREATE);

  private static final Duration WAIT = Duration.ofHours(24);
  private static final Duration RUN = Duration.ofMinutes(2);
  private static final int WAITING_MAX = 100;
  private static final long PAGE_BYTES_MAX = 4 << 20;
  private static final int FORGET_AT_ONCE = 200;
  private static final SqlApprovals.Head START = new SqlApprovals.Head("", Long.MAX_VALUE, 0);
  private static final int ID_BYTES = 16;
  private static final int KEPT_AT_ONCE = 16;
  private static final byte[] ERASED = "{\"erased\":true}".getBytes(StandardCharsets.US_ASCII);

  private final Database database;
  private final Audit audit;
  private final Orders orders;
  private final Agents agents;
  private final Notices notices;
  private final Runner runner;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Duration kept;

  /// @param kept how long an approval is kept after it was decided
  Approvals(
      Guard.Parts parts, Orders orders, Duration kept, InstantSource clock, SecureRandom random) {
    this.database = parts.database();
    this.audit = parts.audit();
    this.orders = orders;
    this.agents = parts.agents();
    this.notices = parts.notices();
    this.runner = parts.runner();
    this.kept = kept;
    this.clock = clock;
    this.random = random;
  }

  /// Which kinds of action of an agent wait.
  Set<String> policy(long agent) {
    return orders.now().holds().getOrDefault(agent, Set.of());
  }

  /// Sets which kinds of action of an agent wait.
  ///
  /// @param by who sets it
  /// @throws Refused when there is no such kind
  public void setPolicy(long agent, List<String> kinds, String by) {
    if (!KINDS.containsAll(kinds)) {
      throw Refused.field(
          "kinds", "kinds may name first-contact, outside, message and channel-create");
    }
    orders.change(transaction -> {
      SqlOrders.setHolds(transaction, agent, Set.copyOf(kinds));
      audit.record(
          transaction,
          Leaf.of("holds.set", by, agents.idOf(agent)).with("kinds", String.join(" ", kinds)));
      return true;
    });
  }

  /// A page of approvals.
  ///
  /// @param next where the next page begins, if there is one
  record Page(List<Approval> approvals, Optional<String> next) {}

  /// The newest approvals after a place. A page ends early where what was called is much.
  ///
  /// @param agents whose; everybody's where empty
  /// @param state in which they are, or "" for any
  Page page(Optional<List<Long>> agents, String state, Optional<String> cursor, int limit) {
    SqlApprovals.Head after = cursor.map(SqlApprovals.Head::at).orElse(START);
    return database.read(reader -> {
      var heads = new ArrayList<SqlApprovals.Head>();
      if (agents.isEmpty()) {
        heads.addAll(SqlApprovals.heads(reader, List.of(), state, after, limit + 1));
      }
      List<Long> all = agents.orElse(List.of());
      for (int from = 0; from < all.size(); from += SqlApprovals.AGENTS_MAX) {
        int end = Math.min(all.size(), from + SqlApprovals.AGENTS_MAX);
        List<Long> some = all.subList(from, end);
        heads.addAll(SqlApprovals.heads(reader, some, state, after, limit + 1));
        heads.sort(SqlApprovals.Head.NEWEST_FIRST);
        heads.subList(Math.min(heads.size(), limit + 1), heads.size()).clear();
      }
      var page = new ArrayList<Approval>();
      SqlApprovals.Head last = after;
      long bytes = 0;
      for (SqlApprovals.Head head : heads) {
        bytes += head.bytes();
        if (page.size() == limit || (bytes > PAGE_BYTES_MAX && !page.isEmpty())) {
          return new Page(page, Optional.of(last.askedAtMs() + "." + last.id()));
        }
        SqlApprovals.find(reader, head.id()).ifPresent(page::add);
        last = head;
      }
      return new Page(page, Optional.empty());
    });
  }

  /// Approves or rejects what waits, once. What is approved is made now, and its result answered.
  ///
  /// @param by who decides
  /// @throws Refused when there is no such approval, or it was decided before
  public Approval decide(String id, boolean isApproved, String by) {
    long now = clock.millis();
    Approval decided =
        database.write(transaction -> {
          Optional<Approval> found = SqlApprovals.find(transaction, id);
          String state = isApproved ? "approved" : "rejected";
          if (!SqlApprovals.decide(transaction, id, state, now, by)) {
            throw notWaiting(found);
          }
          Approval of = found.orElseThrow();
          audit.record(
              transaction,
              Leaf.of("approval." + state, by, agents.idOf(of.agent())).with("approval_id", id));
          return of;
        });
    if (isApproved) {
      var caller = new Caller.OfAgent(decided.agent(), agents.idOf(decided.agent()));
      LocalCalls.Answer answer = runner.run(caller, decided.call());
      database.write(transaction -> {
        SqlApprovals.ran(transaction, id, answer.status());
        return true;
      });
    }
    Approval after = get(id);
    tell(after);
    return after;
  }

  /// The approval of this id.
  ///
  /// @throws Refused when there is none
  Approval get(String id) {
    return database
        .read(reader -> SqlApprovals.find(reader, id))
        .orElseThrow(() -> notWaiting(Optional.empty()));
  }

  /// Ends what waited too long, and what a crash kept from being made.
  void sweep() {
    long now = clock.millis();
    database.write(transaction -> SqlApprovals.expired(transaction, now)).forEach(this::tell);
    database
        .write(transaction -> SqlApprovals.neverRan(transaction, now - RUN.toMillis()))
        .forEach(this::tell);
  }

  /// Forgets those that were decided longer ago than they are kept.
  void forgetOld() {
    long decidedBefore = clock.millis() - kept.toMillis();
    while (database.read(reader -> SqlApprovals.hasOld(reader, decidedBefore))) {
      database.write(
          transaction -> SqlApprovals.forget(transaction, decidedBefore, FORGET_AT_ONCE));
    }
  }

  @Override
  public Response orHold(
      Request request, Caller.OfAgent caller, String target, Supplier<Response> action) {
    try {
      return action.get();
    } catch (Refused refused) {
      boolean mayWait = request.query("hold").filter("false"::equals).isEmpty();
      if (refused.type() != ProblemType.APPROVAL_REQUIRED || !mayWait) {
        throw refused;
      }
      String kind = String.valueOf(refused.members().get("kind"));
      var call = new Approval.Call(request.method(), target, request.body());
      return Response.json(202, json(hold(caller, kind, call)));
    }
  }

  /// The same call again, while it waits, is the same approval.
  private Approval hold(Caller.OfAgent caller, String kind, Approval.Call call) {
    long now = clock.millis();
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    String digest = digest(call.body());
    return database.write(transaction -> {
      Optional<Approval> same =
          SqlApprovals.waiting(transaction, caller.number(), call.target(), digest, now);
      if (same.isPresent()) {
        return same.get();
      }
      if (SqlApprovals.waitingCount(transaction, caller.number()) >= WAITING_MAX) {
        throw Refused.later(
            ProblemType.RATE_LIMITED, WAITING_MAX + " of your calls wait for a person", 600);
      }
      var approval =
          new Approval(
              id, caller.number(), kind, call, "waiting", now, now + WAIT.toMillis(), 0, "", 0);
      SqlApprovals.insert(transaction, approval, digest);
      return approval;
    });
  }

  @Override
  public void checkAction(Caller.OfAgent caller, String kind, String target, byte[] body) {
    if (!policy(caller.number()).contains(kind)) {
      return;
    }
    String digest = digest(body);
    boolean isApproved =
        database.write(
            transaction -> SqlApprovals.use(transaction, caller.number(), target, digest));
    if (!isApproved) {
      throw required(kind, "");
    }
  }

  /// Refuses to carry outside what agents say, where a policy marks that. It cannot wait: whoever
  /// asks for it speaks a protocol that knows no waiting for people.
  void checkOutside(long agent) {
    if (policy(agent).contains(OUTSIDE)) {
      throw required(OUTSIDE, "");
    }
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return orders.now().holds().containsKey(sender);
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations)
      throws SQLException {
    Optional<String> kind = kind(transaction, letter, relations);
    if (kind.isEmpty()) {
      return;
    }
    String digest = digest(letter.source());
    // Whoever brings what was signed may be anybody, and it would run out before a person's word.
    if (letter.isSigned()) {
      throw required(kind.get(), ", and nobody is asked about what was signed: it is not kept");
    }
    if (!SqlApprovals.use(transaction, letter.sender(), target(letter), digest)) {
      throw required(kind.get(), "");
    }
  }

  /// The call of a message that was approved, or tried before, says nothing of it any more.
  @Override
  public void erased(Transaction transaction, long sender, String id, byte[] payload)
      throws SQLException {
    JsonNode said = Json.own(payload);
    String after = "";
    List<SqlApprovals.Kept> some;
    do {
      some = SqlApprovals.decided(transaction, sender, after, payload.length, KEPT_AT_ONCE);
      for (SqlApprovals.Kept kept : some) {
        JsonNode call = Json.own(kept.body());
        boolean isOfHub = !call.has("id") && id.contains(":");
        boolean isIt = isOfHub || call.path("id").asString("").equals(id);
        if (isIt && said.equals(call.get("payload"))) {
          SqlApprovals.erase(transaction, kept.id(), ERASED);
        }
        after = kept.id();
      }
    } while (some.size() == KEPT_AT_ONCE);
  }

  private static String target(Letter letter) {
    Act act = letter.act();
    if (act != null) {
      return act.target();
    }
    if (letter.isRequest()) {
      return CONTACTS + letter.to();
    }
    return letter.channelId() == null ? "/send" : "/channels/" + letter.channelId() + "/send";
  }

  private Optional<String> kind(Transaction transaction, Letter letter, Relations relations)
      throws SQLException {
    Set<String> kinds = policy(letter.sender());
    if (kinds.contains(MESSAGE)) {
      return Optional.of(MESSAGE);
    }
    String to = letter.to();
    if (to == null) {
      return Optional.empty();
    }
    if (kinds.contains(OUTSIDE) && AgentId.isOutside(to)) {
      return Optional.of(OUTSIDE);
    }
    boolean isFirst =
        kinds.contains(FIRST_CONTACT)
            && !relations.hasWritten(transaction, letter.sender(), letter.recipient());
    return isFirst ? Optional.of(FIRST_CONTACT) : Optional.empty();
  }

  /// What the hub knows of an approval. What the agent wrote is in `body`, and is data.
  ObjectNode json(Approval approval) {
    ObjectNode json = Json.object();
    json.put("approval_id", approval.id());
    json.put("agent_id", agents.idOf(approval.agent()));
    json.put("kind", approval.kind());
    json.put("state", approval.state());
    json.put("method", approval.call().method());
    json.put("target", approval.call().target());
    json.put("bytes", approval.call().body().length);
    json.put("sha256", digest(approval.call().body()));
    json.put("asked_at", Rfc3339.text(approval.askedAtMs()));
    json.put("expires_at", Rfc3339.text(approval.expiresAtMs()));
    if (approval.decidedAtMs() != 0) {
      json.put("decided_at", Rfc3339.text(approval.decidedAtMs()));
      json.put("decided_by", approval.decidedBy());
    }
    if (approval.status() != 0) {
      json.put("status", approval.status());
    }
    json.set("body", Json.own(approval.call().body()));
    return json;
  }

  private void tell(Approval approval) {
    ObjectNode notice = json(approval);
    notice.remove("body");
    notice.put("notice", "approval-" + approval.state());
    notices.tell(agents.idOf(approval.agent()), notice);
  }

  static Refused notWaiting(Optional<Approval> found) {
    if (found.isEmpty()) {
      return new Refused(ProblemType.UNKNOWN_APPROVAL, "There is no approval of this id");
    }
    String state = found.get().state();
    String now = state.equals("waiting") ? "expired" : state;
    return new Refused(
        ProblemType.APPROVAL_DECIDED, "It is " + now + " already", Map.of("state", now));
  }

  private static Refused required(String kind, String more) {
    return new Refused(
        ProblemType.APPROVAL_REQUIRED,
        "A person must approve what is " + kind + " of this agent" + more,
        Map.of("kind", kind));
  }

  private static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
