package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.money.Asset;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// On which chain payments are settled, and how.
///
/// @param rpc a node's JSON-RPC address, which may hold a key; null where nothing is settled
/// @param domain of the token whose authorizations are taken: its name, version, chain, contract
/// @param escrow of the contract whose vouchers are taken
/// @param collector the contract that takes deposits for it
/// @param capturing by what money is held in escrow for jobs
/// @param keyFile where the key is that pays for gas
/// @param confirmations how many blocks deep a payment must be, its own among them
/// @param stuck after which time a transaction that is next is sent again with higher fees
/// @param feeMax the most that is given for a unit of gas, in wei
/// @param least the fewest atoms that a payment must be of
/// @param perHour how many transactions in an hour the hub pays for
/// @param patience how long a caller waits for a payment to be final
public record ChainSettings(
    @Nullable URI rpc,
    SignDomain domain,
    SignDomain escrow,
    Address collector,
    Capturing capturing,
    Path keyFile,
    int confirmations,
    Duration stuck,
    long feeMax,
    int least,
    int perHour,
    Duration patience) {
  /// The contracts of `auth-capture`.
  ///
  /// @param escrow where the money is
  /// @param collector by which it is taken in
  /// @param feeReceiver who gets the hub's fees; null for the hub's own key
  public record Capturing(Address escrow, Address collector, @Nullable Address feeReceiver) {}

  private static final long GWEI = 1_000_000_000L;
  private static final int CONFIRMATIONS_MAX = 64;
  private static final int SECONDS_MAX = 3_600;
  private static final int LEAST_MAX = 1_000_000_000;
  private static final int PER_HOUR_MAX = 10_000_000;
  private static final int GWEI_MAX = 1_000_000;

  private static final String ESCROW_NAME = "x402 Batch Settlement";
  private static final String ESCROW_VERSION = "1";

  /// The dollar of Circle on the chains that are known by name.
  private static final Map<String, SignDomain> KNOWN =
      Map.of(
          "base",
          new SignDomain(
              "USD Coin", "2", 8453, new Address("833589fcd6edb6e08f4c7c32d4f71b54bda02913")),
          "base-sepolia",
          new SignDomain(
              "USDC", "2", 84532, new Address("036cbd53842c5426634e7929541ec2318f3dcf7e")));

  /// The domain in which vouchers are signed for an escrow contract.
  static SignDomain escrow(long chain, Address contract) {
    return new SignDomain(ESCROW_NAME, ESCROW_VERSION, chain, contract);
  }

  /// Whether payments are settled on the chain of this number.
  public boolean isOnChain(long number) {
    return rpc != null && domain.chain() == number;
  }

  /// The token in which payments are settled; empty where none are.
  public Optional<Asset> asset() {
    return rpc == null
        ? Optional.empty()
        : Optional.of(Asset.ofToken(domain.chain(), domain.contract()));
  }

  /// The chain's name (CAIP-2).
  String network() {
    return "eip155:" + domain.chain();
  }

  /// Whether a text names the chain, as x402 names it in version 2 or in version 1.
  boolean isNetwork(String name) {
    SignDomain known = KNOWN.get(name);
    return name.equals(network()) || (known != null && known.chain() == domain.chain());
  }

  /// The address of the node is not shown.
  @Override
  public String toString() {
    return "ChainSettings[network=" + network() + ", token=" + domain.contract() + "]";
  }

  /// Reads the settings `evm-…`, by name. What is wrong is told to `mistakes`, without what may be
  /// secret.
  public static ChainSettings read(
      UnaryOperator<String> value, Path data, Consumer<String> mistakes) {
    return new Reading(value, mistakes).read(data);
  }

  private record Reading(UnaryOperator<String> value, Consumer<String> mistakes) {
    ChainSettings read(Path data) {
      String text = value.apply("evm-rpc");
      URI rpc = text.isEmpty() ? null : url(text);
      if (rpc == null && !text.isEmpty()) {
        // It may hold a key, so it is not repeated.
        mistakes.accept("evm-rpc: must be an http or https address");
      }
      String file = value.apply("evm-key-file");
      SignDomain domain = domain();
      return new ChainSettings(
          rpc,
          domain,
          escrow(domain.chain(), address("evm-escrow")),
          address("evm-deposit-collector"),
          capturing(),
          file.isEmpty() ? data.resolve("evm.key") : Path.of(file),
          number("evm-confirmations", 1, CONFIRMATIONS_MAX),
          Duration.ofSeconds(number("evm-stuck-seconds", 1, SECONDS_MAX)),
          number("evm-fee-max-gwei", 1, GWEI_MAX) * GWEI,
          number("evm-least-atoms", 1, LEAST_MAX),
          number("evm-per-hour", 1, PER_HOUR_MAX),
          Duration.ofSeconds(number("evm-wait-seconds", 1, SECONDS_MAX)));
    }

    /// The token of a known chain; each part of it can be said, and must be for other chains.
    private SignDomain domain() {
      String chain = value.apply("evm-chain");
      String contract = value.apply("evm-token");
      SignDomain known = KNOWN.get(chain);
      Optional<Address> token =
          contract.isEmpty() && known != null
              ? Optional.of(known.contract())
              : Address.read(contract);
      boolean isNumber = chain.matches("[1-9][0-9]{0,15}");
      if (known == null && !isNumber) {
        mistakes.accept("evm-chain=" + chain + ": must be base, base-sepolia or a chain's number");
      } else if (token.isEmpty()) {
        mistakes.accept("evm-token=" + contract + ": must be the address of the token's contract");
      } else {
        return new SignDomain(
            orKnown("evm-token-name", known == null ? "" : known.name()),
            orKnown("evm-token-version", known == null ? "" : known.version()),
            known == null ? Long.parseLong(chain) : known.chain(),
            token.get());
      }
      return KNOWN.values().iterator().next();
    }

    private Capturing capturing() {
      String receiver = value.apply("evm-fee-receiver");
      return new Capturing(
          address("evm-job-escrow"),
          address("evm-payment-collector"),
          receiver.isEmpty() ? null : address("evm-fee-receiver"));
    }

    private Address address(String name) {
      Optional<Address> address = Address.read(value.apply(name));
      if (address.isEmpty()) {
        mistakes.accept(name + "=" + value.apply(name) + ": must be a contract's address");
      }
      return address.orElse(Channel.NOBODY);
    }

    private String orKnown(String name, String known) {
      String text = value.apply(name).isEmpty() ? known : value.apply(name);
      if (text.isEmpty()) {
        mistakes.accept(name + "=: must be given for a chain that is not known by name");
      }
      return text;
    }

    private int number(String name, int least, int most) {
      String text = value.apply(name);
      try {
        int number = Integer.parseInt(text);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException _) {
        // Told below, like a number out of bounds.
      }
      mistakes.accept(name + "=" + text + ": must be a whole number from " + least + " to " + most);
      return least;
    }

    private static @Nullable URI url(String text) {
      try {
        URI url = URI.create(text);
        boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        return isHttp && url.getHost() != null && url.getUserInfo() == null ? url : null;
      } catch (IllegalArgumentException _) {
        return null;
      }
    }
  }
}
