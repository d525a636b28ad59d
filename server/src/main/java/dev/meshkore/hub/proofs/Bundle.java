package dev.meshkore.hub.proofs;

import dev.meshkore.hub.audit.AuditLog;
import dev.meshkore.hub.audit.Records;
import dev.meshkore.hub.http.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Writes a part of a bundle: lines of JSON that can be verified without the hub. The first says
/// which log and head, each other one is a leaf, and the last says where to go on.
final class Bundle {
  static final String FORM = "meshkore-audit/1";

  private static final Base64.Encoder BASE64 = Base64.getEncoder();

  private final AuditLog log;
  private final AuditLog.Head head;
  private final Optional<Records.Reader> of;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// A bundle of what concerns an agent, or of all.
  Bundle(AuditLog log, AuditLog.Head head, Optional<Records.Reader> of) {
    this.log = log;
    this.head = head;
    this.of = of;
  }

  byte[] write(long from, Records.Page page, long earlier) {
    long size = head.checkpoint().size();
    ObjectNode first = Json.object();
    first.put("bundle", FORM);
    first.put("key", log.vkey());
    first.put("of", of.map(Records.Reader::id).orElse("*"));
    first.put("from", from);
    first.put("size", size);
    first.put("checkpoint", head.note());
    if (earlier > 0) {
      first.put("earlier", earlier);
      addAll(first.putArray("consistency"), log.consistency(earlier, size));
    }
    line(first);
    List<List<byte[]>> paths =
        of.isEmpty()
            ? List.of()
            : log.inclusions(page.entries().stream().map(Records.Entry::index).toList(), size);
    for (int i = 0; i < page.entries().size(); i++) {
      line(json(page.entries().get(i), of.isEmpty() ? List.of() : paths.get(i)));
    }
    ObjectNode last = Json.object();
    last.put("leaves", page.entries().size());
    last.put("next", page.next() < size && page.next() > from ? page.next() : null);
    line(last);
    return out.toByteArray();
  }

  /// A leaf as a line: with its hash where all hashes are given, or with its audit path.
  ObjectNode json(Records.Entry entry, List<byte[]> path) {
    ObjectNode line = Json.object();
    line.put("index", entry.index());
    byte[] record = entry.record();
    line.put("leaf", record == null ? null : new String(record, StandardCharsets.UTF_8));
    if (of.isEmpty()) {
      byte[] hash = entry.hash();
      line.put("hash", hash == null ? null : BASE64.encodeToString(hash));
    } else {
      addAll(line.putArray("proof"), path);
    }
    byte[] salt = entry.salt();
    byte[] content = entry.content();
    if (salt != null) {
      line.put("salt", BASE64.encodeToString(salt));
    }
    if (content != null) {
      line.put("message", "{" + new String(content, StandardCharsets.UTF_8));
    }
    return line;
  }

  private static void addAll(ArrayNode array, List<byte[]> hashes) {
    AuditLog.base64(hashes).forEach(array::add);
  }

  private void line(ObjectNode line) {
    out.writeBytes(Json.bytes(line));
    out.write('\n');
  }
}
