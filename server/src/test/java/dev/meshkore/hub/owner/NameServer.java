package dev.meshkore.hub.owner;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/// A DNS server on loopback that knows TXT records.
final class NameServer implements AutoCloseable {
  private static final int BYTES_MAX = 4_096;

  private final DatagramSocket socket;
  private final Map<String, String> texts = new ConcurrentHashMap<>();
  private final AtomicInteger questions = new AtomicInteger();

  NameServer() throws IOException {
    socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  void put(String name, String text) {
    texts.put(name + ".", text);
  }

  void remove(String name) {
    texts.remove(name + ".");
  }

  int questions() {
    return questions.get();
  }

  private void serve() {
    var packet = new DatagramPacket(new byte[BYTES_MAX], BYTES_MAX);
    while (!socket.isClosed()) {
      try {
        packet.setLength(BYTES_MAX);
        socket.receive(packet);
        byte[] answer = answer(java.util.Arrays.copyOf(packet.getData(), packet.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
      } catch (IOException _) {
        // A question that cannot be read gets no answer; a closed socket ends the loop.
      }
    }
  }

  private byte[] answer(byte[] question) throws IOException {
    questions.incrementAndGet();
    var asked = new Message(question);
    var answer = new Message(asked.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.AA);
    Record record = asked.getQuestion();
    answer.addRecord(record, Section.QUESTION);
    String text = texts.get(record.getName().toString());
    if (text == null) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    } else if (record.getType() == Type.TXT) {
      Name name = record.getName();
      answer.addRecord(new TXTRecord(name, DClass.IN, 1, text), Section.ANSWER);
    }
    return answer.toWire();
  }

  @Override
  public void close() {
    socket.close();
  }
}
