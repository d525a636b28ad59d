package dev.meshkore.hub.evm;

/// For whom typed data is signed (EIP-712): what is signed for one domain is nothing in another.
///
/// @param name of what reads it
/// @param version of that
/// @param chain the chain's number
/// @param contract which contract reads it
public record SignDomain(String name, String version, long chain, Address contract) {
  private static final byte[] HEAD = {0x19, 0x01};
  private static final byte[] TYPE =
      Word.of("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

  /// The domain's hash.
  public byte[] separator() {
    return Keccak.hash(TYPE, Word.of(name), Word.of(version), Word.of(chain), Word.of(contract));
  }

  /// The 32 bytes that are signed for a structure with this hash.
  public byte[] digest(byte[] structHash) {
    return Keccak.hash(HEAD, separator(), structHash);
  }
}
