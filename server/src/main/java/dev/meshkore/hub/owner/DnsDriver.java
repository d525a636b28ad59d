package dev.meshkore.hub.owner;

import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Looks for a TXT record. Every answer is asked for anew; nothing is kept.
final class DnsDriver implements ProofDriver {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private final List<InetSocketAddress> servers;

  /// Asks these servers, or the machine's where there are none.
  DnsDriver(List<InetSocketAddress> servers) {
    this.servers = servers;
  }

  @Override
  public Finding look(Verification verification) {
    try {
      var lookup = new Lookup(verification.proof() + ".", Type.TXT);
      lookup.setResolver(resolver());
      lookup.setCache(null);
      lookup.setSearchPath(List.<org.xbill.DNS.Name>of());
      Record[] records = lookup.run();
      return switch (lookup.getResult()) {
        case Lookup.SUCCESSFUL -> look(verification, records);
        case Lookup.HOST_NOT_FOUND, Lookup.TYPE_NOT_FOUND ->
            new Finding.Missing("There is no TXT record at " + verification.proof());
        default -> new Finding.Missing("The name servers did not answer");
      };
    } catch (UnknownHostException | TextParseException _) {
      return new Finding.Missing("The name servers cannot be asked for this name");
    }
  }

  private static Finding look(Verification verification, Record[] records) {
    for (Record record : records) {
      if (record instanceof TXTRecord text
          && String.join("", text.getStrings()).equals(verification.expected())) {
        return new Finding.There();
      }
    }
    return new Finding.Missing(
        "The TXT records at " + verification.proof() + " hold something else");
  }

  private Resolver resolver() throws UnknownHostException {
    if (servers.isEmpty()) {
      var system = new ExtendedResolver();
      system.setTimeout(TIMEOUT);
      return system;
    }
    var resolvers = new Resolver[servers.size()];
    for (int i = 0; i < resolvers.length; i++) {
      resolvers[i] = new SimpleResolver(servers.get(i));
    }
    var all = new ExtendedResolver(resolvers);
    all.setTimeout(TIMEOUT);
    return all;
  }
}
