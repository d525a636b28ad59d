package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.relay.Follower;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The tasks: what messages do to them, in the transaction that stores the message, and who may see
/// them. Thread-safe.
final class Tasks implements Follower {
  /// The most webhooks of one task.
  static final int HOOKS_MAX = 16;

  private record Key(long sender, String id) {}

  private final Database database;
  private final Feed feed;
  private final Runnable onNotice;
  private final int bytesMax;
  private final FirstMessages firstMessages;
  private final Map<Key, Intent> intents = new ConcurrentHashMap<>();

  /// Tasks of which this much is kept each. `onNotice` is called when notifications wait, and must
  /// not block.
  Tasks(Database database, Feed feed, Runnable onNotice, int bytesMax) {
    this.database = database;
    this.feed = feed;
    this.onNotice = onNotice;
    this.bytesMax = bytesMax;
    this.firstMessages = new FirstMessages(database, FirstMessages.KEPT);
  }

  /// Lets a message that is about to be sent mean something, until the answer is closed.
  Meaning mean(long sender, String id, Intent intent) {
    var key = new Key(sender, id);
    intents.put(key, intent);
    return () -> intents.remove(key, intent);
  }

  /// Ends what [#mean] began.
  interface Meaning extends AutoCloseable {
    @Override
    void close();
  }

  @Override
  public boolean follows(@Nullable String thread, @Nullable String replyTo) {
    return TaskIds.of(thread, replyTo) != null;
  }

  @Override
  public boolean isOwed(Transaction transaction, Followed message) throws SQLException {
    Optional<Task> task = SqlTasks.find(transaction, taskId(message));
    return task.isPresent() && isAnswer(task.get(), message);
  }

  @Override
  public Runnable stored(Transaction transaction, Followed message) throws SQLException {
    String id = message.id();
    if (id != null && TaskIds.isMessage(id)) {
      return switch (intents.get(new Key(message.sender(), id))) {
        case Intent.Begin begin -> begun(transaction, begin);
        case Intent.Say say -> said(transaction, message, say);
        case Intent.Cancel cancel -> canceled(transaction, message, cancel);
        case null -> throw Refused.field("id", "Ids of this form are made by the A2A door alone");
      };
    }
    Optional<Task> task = SqlTasks.lock(transaction, taskId(message));
    if (task.isEmpty() || !isAnswer(task.get(), message)) {
      return () -> {};
    }
    Update.read(message.payload()).applyTo(task.get(), message.sentAtMs());
    return store(transaction, task.get(), message.sentAtMs());
  }

  @Override
  public void erased(Transaction transaction, Followed message) throws SQLException {
    Optional<Task> task = SqlTasks.lock(transaction, taskId(message));
    if (task.isPresent() && !task.get().isCall()) {
      Forgetting forgetting = Forgetting.of(task.get(), message);
      forgetting.apply(task.get().body());
      SqlTasks.update(transaction, task.get());
      for (SqlHooks.Waiting notice : SqlHooks.waiting(transaction, task.get().id())) {
        JsonNode body = Texts.stored(notice.body());
        forgetting.apply(body);
        SqlHooks.replace(transaction, notice.number(), Json.bytes(body));
      }
      for (SqlEvents.Kept event : SqlEvents.kept(transaction, task.get().id())) {
        JsonNode body = Texts.stored(event.body());
        forgetting.apply(body);
        SqlEvents.replace(transaction, task.get().id(), event.version(), Json.bytes(body));
      }
    }
  }

  private static String taskId(Followed message) {
    String taskId = TaskIds.of(message.thread(), message.replyTo());
    if (taskId == null) {
      throw new IllegalArgumentException("The message belongs to no task");
    }
    return taskId;
  }

  private static boolean isAnswer(Task task, Followed message) {
    return !task.isCall()
        && task.agent() == message.sender()
        && task.caller() == message.recipient()
        && !task.state().isEnd();
  }

  private Runnable begun(Transaction transaction, Intent.Begin begin) throws SQLException {
    Runnable after =
        firstMessages
            .begin(transaction, begin.task(), begin.body(), begin.first())
            .orElseThrow(Tasks::ended);
    if (begin.hook() != null) {
      SqlHooks.put(transaction, begin.task().id(), begin.hook());
    }
    return after;
  }

  private Runnable said(Transaction transaction, Followed message, Intent.Say say)
      throws SQLException {
    Task task = SqlTasks.lock(transaction, say.taskId()).orElseThrow(Tasks::ended);
    boolean isTheirs =
        !task.isCall() && task.caller() == message.sender() && task.agent() == message.recipient();
    if (!isTheirs || task.state().isEnd()) {
      throw ended();
    }
    if (say.hook() != null) {
      requireRoom(transaction, task, say.hook());
    }
    task.said(say.message(), message.sentAtMs());
    if (say.hook() != null) {
      task.countHooks(SqlHooks.put(transaction, task.id(), say.hook()));
    }
    Runnable after = store(transaction, task, message.sentAtMs());
    return () -> {
      say.stored().set(task);
      after.run();
    };
  }

  private Runnable canceled(Transaction transaction, Followed message, Intent.Cancel cancel)
      throws SQLException {
    Optional<Task> task = SqlTasks.lock(transaction, cancel.taskId());
    if (task.isEmpty() || task.get().state().isEnd()) {
      throw ended();
    }
    task.get().become(TaskState.CANCELED, null, message.sentAtMs());
    return store(transaction, task.get(), message.sentAtMs());
  }

  private Runnable store(Transaction transaction, Task task, long nowMs) throws SQLException {
    task.trim(bytesMax);
    SqlTasks.update(transaction, task);
    List<Task.Event> events = task.events();
    if (transaction.dialect().isShared()) {
      SqlEvents.add(transaction, task.id(), nowMs, events);
    }
    if (task.hooks() > 0) {
      for (Task.Event event : events) {
        SqlHooks.addNotices(transaction, task.id(), nowMs, event.json());
      }
    }
    return () -> {
      feed.happened(task.id(), events);
      if (task.hooks() > 0 && !events.isEmpty()) {
        onNotice.run();
      }
    };
  }

  /// What is done to a task besides what messages do to it.
  interface Change {
    void make(Transaction transaction, Task task) throws SQLException;
  }

  private record Changed(Task task, Runnable after) {}

  /// Begins a task of which the agent hears nothing, its first events included.
  ///
  /// @param more what is stored with it
  /// @return false where its first message began one before
  boolean begin(Intent.Begin begin, long nowMs, Change more) {
    Optional<Runnable> after =
        database.write(transaction -> {
          Optional<Runnable> known =
              firstMessages.begin(transaction, begin.task(), begin.body(), begin.first());
          if (known.isEmpty()) {
            return known;
          }
          more.make(transaction, begin.task());
          Runnable told = () -> {};
          if (begin.hook() != null) {
            SqlHooks.put(transaction, begin.task().id(), begin.hook());
            told = store(transaction, begin.task(), nowMs);
          }
          // On the writer's thread still: the next first message is looked for behind the newest
          // task that is known. What is known of a task that is not stored after all finds nothing.
          known.get().run();
          return Optional.of(told);
        });
    after.ifPresent(Runnable::run);
    return after.isPresent();
  }

  /// Changes a task in one transaction; whoever watches it is told afterwards. Answers it as it is
  /// then.
  Task change(String taskId, long nowMs, Change change) {
    Changed changed =
        database.write(transaction -> {
          Task task = SqlTasks.lock(transaction, taskId).orElseThrow(Tasks::ended);
          change.make(transaction, task);
          Runnable after = task.events().isEmpty() ? () -> {} : store(transaction, task, nowMs);
          return new Changed(task, after);
        });
    changed.after().run();
    return changed.task();
  }

  /// Adds or replaces a webhook of a task within a change of it.
  static void put(Transaction transaction, Task task, Hook hook) throws SQLException {
    requireRoom(transaction, task, hook);
    task.countHooks(SqlHooks.put(transaction, task.id(), hook));
  }

  static Refused ended() {
    return new Refused(ProblemType.TASK_ENDED, "The task has ended; nothing can be said in it");
  }

  /// A task as it is now, whoever asks.
  Optional<Task> find(String taskId) {
    return database.read(transaction -> SqlTasks.find(transaction, taskId));
  }

  /// The task that a first message began.
  Optional<Task> begunBy(String first) {
    return firstMessages.taskOf(first);
  }

  /// A task of an agent, if the reader may see it: its caller may, and the agent itself.
  Optional<Task> visible(long agent, long reader, String taskId) {
    return find(taskId)
        .filter(task -> task.agent() == agent)
        .filter(task -> task.caller() == reader || (task.agent() == reader && !task.isCall()))
        .filter(task -> task.state() != TaskState.ANSWERED);
  }

  /// Notes that the caller sees the task from now on, so that it stays one; answers it as it is.
  Task shown(String taskId) {
    return database.write(transaction -> {
      Task task = SqlTasks.lock(transaction, taskId).orElseThrow(Tasks::ended);
      if (task.isUntouched()) {
        task.show();
        SqlTasks.update(transaction, task);
      }
      return task;
    });
  }

  /// A page of tasks.
  ///
  /// @param tasks those of the page
  /// @param total how many there are on all pages
  /// @param isCut whether there would be more, if it had not too many bytes
  record Page(List<Task> tasks, long total, boolean isCut) {}

  Page list(SqlTasks.Wanted wanted, SqlTasks.Place after, int limit, long pageBytesMax) {
    return database.read(transaction -> {
      SqlTasks.Found found = SqlTasks.list(transaction, wanted, after, limit, pageBytesMax);
      return new Page(found.tasks(), SqlTasks.count(transaction, wanted), found.isCut());
    });
  }

  /// Adds or replaces a webhook of a task.
  void put(String taskId, Hook hook) {
    database.write(transaction -> {
      Task task = SqlTasks.lock(transaction, taskId).orElseThrow(Tasks::ended);
      requireRoom(transaction, task, hook);
      task.countHooks(SqlHooks.put(transaction, taskId, hook));
      SqlTasks.update(transaction, task);
      return task.hooks();
    });
  }

  private static void requireRoom(Transaction transaction, Task task, Hook hook)
      throws SQLException {
    boolean isFull = task.hooks() >= HOOKS_MAX;
    if (isFull && SqlHooks.find(transaction, task.id(), hook.id()).isEmpty()) {
      throw Refused.field("id", "A task may have " + HOOKS_MAX + " notification configs");
    }
  }

  List<Hook> hooks(String taskId) {
    return database.read(transaction -> SqlHooks.list(transaction, taskId));
  }

  Optional<Hook> hook(String taskId, String hookId) {
    return database.read(transaction -> SqlHooks.find(transaction, taskId, hookId));
  }

  void delete(String taskId, String hookId) {
    database.write(transaction -> {
      Task task = SqlTasks.lock(transaction, taskId).orElseThrow(Tasks::ended);
      task.countHooks(SqlHooks.delete(transaction, taskId, hookId));
      SqlTasks.update(transaction, task);
      return task.hooks();
    });
  }
}
