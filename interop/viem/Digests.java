import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.SignDomain;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.SplittableRandom;

/// Prints random authorizations, a line each, with what the hub makes of them: fields divided by tabs.
/// Domain: name, version, chain, contract. Authorization: from, to, value, after, before, nonce. Then the
/// domain's hash, both digests, a signature over the first by the last, which is its secret.
void main(String[] arguments) {
  var random = new SplittableRandom(Long.parseLong(arguments[0]));
  for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
    var domain = new SignDomain(text(random), text(random), random.nextLong(1, 1L << 53), address(random));
    var one =
        new Authorization(
            address(random), address(random), number(random), number(random), number(random), hex(bytes(random, 32)));
    byte[] secret = bytes(random, 32);
    secret[0] = (byte) (secret[0] & 0x7f);
    byte[] digest = one.transferDigest(domain);
    IO.println(
        String.join(
            "\t",
            hex(domain.name().getBytes(StandardCharsets.UTF_8)),
            hex(domain.version().getBytes(StandardCharsets.UTF_8)),
            Long.toString(domain.chain()),
            domain.contract().text(),
            one.from().text(),
            one.to().text(),
            one.value().toString(),
            one.validAfter().toString(),
            one.validBefore().toString(),
            one.nonce(),
            hex(domain.separator()),
            hex(digest),
            hex(one.receiveDigest(domain)),
            hex(EcdsaSignature.sign(digest, secret)),
            hex(secret)));
  }
}

byte[] bytes(SplittableRandom random, int length) {
  byte[] bytes = new byte[length];
  random.nextBytes(bytes);
  return bytes;
}

Address address(SplittableRandom random) {
  return Address.of(bytes(random, 20));
}

/// Of any size, often at an edge.
BigInteger number(SplittableRandom random) {
  int bits = random.nextInt(257);
  BigInteger edge = BigInteger.ONE.shiftLeft(bits).subtract(BigInteger.ONE);
  return random.nextBoolean() ? edge : new BigInteger(1, bytes(random, 32)).and(edge);
}

/// Some signs of one, two, three and four bytes, or none.
String text(SplittableRandom random) {
  var text = new StringBuilder();
  int length = random.nextInt(12);
  for (int i = 0; i < length; i++) {
    int sign = "aZ0 \"\\\u00e9\u20ac".codePointAt(random.nextInt(8));
    text.appendCodePoint(random.nextInt(10) == 0 ? 0x1f680 : sign);
  }
  return text.toString();
}

String hex(byte[] bytes) {
  return "0x" + HexFormat.of().formatHex(bytes);
}
