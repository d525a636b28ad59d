package dev.meshkore.hub.store;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts what a piece of work asks of a database.
public final class Counted {
  private Counted() {}

  /// How many statements the work runs.
  public static int statements(DatabaseUrl url, Database.Work<?> work) throws SQLException {
    var count = new AtomicInteger();
    try (Connection connection = url.openToRead()) {
      var reader = new Transaction(counting(Connection.class, connection, count), url.dialect());
      var _ = work.run(reader);
    }
    return count.get();
  }

  private static <T> T counting(Class<T> kind, T inner, AtomicInteger count) {
    InvocationHandler handler =
        (_, method, arguments) -> {
          if (method.getName().startsWith("execute")) {
            count.incrementAndGet();
          }
          try {
            Object answer = method.invoke(inner, arguments);
            return answer instanceof PreparedStatement statement
                ? counting(PreparedStatement.class, statement, count)
                : answer;
          } catch (InvocationTargetException failure) {
            throw failure.getCause();
          }
        };
    ClassLoader loader = Counted.class.getClassLoader();
    return kind.cast(Proxy.newProxyInstance(loader, new Class<?>[] {kind}, handler));
  }
}
