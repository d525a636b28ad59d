package dev.meshkore.hub.meaning;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// The model that ships in the jar, run in this process: bge-small-en-v1.5, quantised. Each text is
/// run alone, because in a batch the others would change its vector.
public final class OnnxEmbedder implements Embedder {
  static final String MODEL = "bge-small-en-v1.5-q";

  /// A text says what it is about at its start; the time grows faster than the length.
  private static final int PIECES_MAX = 256;

  /// What runs below Java is not stopped with the process: it would crash in what is taken down
  /// around it. So an ending process waits for it, and begins nothing more, whoever has forgotten
  /// to close what.
  private static final class Ending {
    private static final System.Logger LOG = System.getLogger(OnnxEmbedder.class.getName());
    static final ReentrantLock LOADING = new ReentrantLock();
    static final Set<OnnxEmbedder> LOADED = ConcurrentHashMap.newKeySet();
    private static volatile boolean isEnding;

    static {
      keepEnvironment();
      // Where the process is ending already, this class fails, and no model is loaded: the
      // environment may be gone.
      Runtime.getRuntime().addShutdownHook(new Thread(Ending::end, "models-end"));
    }

    private Ending() {}

    /// The library takes its environment down in a hook of its own, beside ours and also below a
    /// session that is being made. It counts who uses the environment, and has no other way to be
    /// told of one user more, with whom it stays.
    private static void keepEnvironment() {
      try {
        var _ = OrtEnvironment.getEnvironment();
        Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
        Method use =
            OrtEnvironment.class.getDeclaredMethod(
                "createHandle", long.class, int.class, String.class);
        api.setAccessible(true);
        use.setAccessible(true);
        var _ =
            use.invoke(
                null,
                api.getLong(null),
                OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING.getValue(),
                "kept");
      } catch (ReflectiveOperationException | RuntimeException failure) {
        LOG.log(
            System.Logger.Level.WARNING,
            "Should the process end while the model is loaded, it may crash",
            failure);
      }
    }

    private static void end() {
      isEnding = true;
      LOADING.lock();
      try {
        LOADED.forEach(OnnxEmbedder::close);
      } finally {
        LOADING.unlock();
      }
    }

    static void check() {
      if (isEnding) {
        throw new NoVectors("The process is ending");
      }
    }
  }

  private final OrtEnvironment environment;
  private final OrtSession session;
  private final WordPieces pieces;
  private final ReentrantReadWriteLock use = new ReentrantReadWriteLock();
  private boolean isClosed;

  private OnnxEmbedder(OrtEnvironment environment, OrtSession session, WordPieces pieces) {
    this.environment = environment;
    this.session = session;
    this.pieces = pieces;
  }

  /// Loads the model, which takes a part of a second.
  ///
  /// @throws NoVectors when it does not run on this machine
  public static OnnxEmbedder load() {
    try {
      Ending.LOADING.lock();
      try {
        Ending.check();
        OnnxEmbedder loaded = loaded();
        Ending.LOADED.add(loaded);
        return loaded;
      } finally {
        Ending.LOADING.unlock();
      }
    } catch (OrtException | LinkageError failure) {
      throw new NoVectors("The model does not run on this machine: " + failure.getMessage());
    }
  }

  private static OnnxEmbedder loaded() throws OrtException {
    var environment = OrtEnvironment.getEnvironment();
    var options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    options.setInterOpNumThreads(1);
    OrtSession session = environment.createSession(resource(MODEL + ".onnx"), options);
    var pieces = WordPieces.read(resource(MODEL + "-tokenizer.json"));
    return new OnnxEmbedder(environment, session, pieces);
  }

  @Override
  public String model() {
    return MODEL;
  }

  @Override
  public List<float[]> vectors(List<String> texts) {
    return readings(texts).stream().map(Reading::vector).toList();
  }

  @Override
  public List<Reading> readings(List<String> texts) {
    var readings = new ArrayList<Reading>(texts.size());
    texts.forEach(text -> readings.add(reading(text)));
    return readings;
  }

  @Override
  public boolean knows(String word) {
    return pieces.knows(word);
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!isClosed) {
        isClosed = true;
        Ending.LOADED.remove(this);
        session.close();
      }
    } catch (OrtException failure) {
      throw new IllegalStateException(failure);
    } finally {
      use.writeLock().unlock();
    }
  }

  private Reading reading(String text) {
    long[] numbers = pieces.of(text, PIECES_MAX);
    long[] ones = new long[numbers.length];
    Arrays.fill(ones, 1);
    use.readLock().lock();
    try {
      if (isClosed) {
        throw new NoVectors("The model is closed");
      }
      return run(numbers, ones);
    } catch (OrtException failure) {
      throw new NoVectors("The model failed: " + failure.getMessage());
    } finally {
      use.readLock().unlock();
    }
  }

  private Reading run(long[] numbers, long[] ones) throws OrtException {
    var inputs = new HashMap<String, OnnxTensor>();
    try {
      inputs.put("input_ids", OnnxTensor.createTensor(environment, new long[][] {numbers}));
      inputs.put("attention_mask", OnnxTensor.createTensor(environment, new long[][] {ones}));
      long[][] zeros = {new long[numbers.length]};
      inputs.put("token_type_ids", OnnxTensor.createTensor(environment, zeros));
      try (OrtSession.Result result = session.run(inputs)) {
        var states = (OnnxTensor) result.get(0);
        return reading(numbers, states.getFloatBuffer(), (int) states.getInfo().getShape()[2]);
      }
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /// The state of the first mark stands for the whole, and that of each other for its piece.
  private Reading reading(long[] numbers, FloatBuffer states, int size) {
    float[] whole = new float[size];
    states.get(whole);
    var found = new ArrayList<Reading.Piece>();
    for (int i = 1; i < numbers.length - 1; i++) {
      float[] state = new float[size];
      states.get(state);
      found.add(new Reading.Piece(Vectors.unit(state), pieces.weight(numbers[i])));
    }
    return new Reading(Vectors.unit(whole), found);
  }

  private static byte[] resource(String name) {
    try (InputStream in = OnnxEmbedder.class.getResourceAsStream("/" + name)) {
      if (in == null) {
        throw new NoVectors("The model is not in the jar");
      }
      return in.readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
