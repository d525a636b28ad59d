package dev.meshkore.hub.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/// The hub's figures for Prometheus. Names have one dimension for each question an operator asks;
/// no agent's name is one. Thread-safe.
public final class Metrics {
  private record RequestKey(Router.Route route, int status) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Map<RequestKey, Timer> requests = new ConcurrentHashMap<>();

  /// A figure that is read when asked for.
  public <T> void gauge(String name, T of, ToDoubleFunction<T> value) {
    Gauge.builder(name, of, value).strongReference(true).register(registry);
  }

  /// A total that only grows, read when asked for.
  public <T> void total(String name, T of, ToDoubleFunction<T> value) {
    io.micrometer.core.instrument.FunctionCounter.builder(name, of, value).register(registry);
  }

  /// Adds the figures of the Java machine.
  @SuppressWarnings("resource")
  public void withJvm() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmGcMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
  }

  /// Everything, in Prometheus' text format.
  public String scrape() {
    return registry.scrape();
  }

  void request(Router.Route route, int status, long nanos) {
    requests
        .computeIfAbsent(new RequestKey(route, status), this::timer)
        .record(nanos, TimeUnit.NANOSECONDS);
  }

  private Timer timer(RequestKey key) {
    Tags tags =
        Tags.of("method", key.route().method(), "route", key.route().pattern())
            .and("status", String.valueOf(key.status()));
    return Timer.builder("meshkore.http.requests").tags(tags).register(registry);
  }
}
