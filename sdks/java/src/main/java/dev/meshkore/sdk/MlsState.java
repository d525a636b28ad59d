package dev.meshkore.sdk;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.mls.TreeKEM.LeafIndex;
import org.bouncycastle.mls.TreeKEM.LeafNode;
import org.bouncycastle.mls.TreeKEM.LifeTime;
import org.bouncycastle.mls.codec.Capabilities;
import org.bouncycastle.mls.codec.ContentType;
import org.bouncycastle.mls.codec.KeyPackage;
import org.bouncycastle.mls.codec.MLSInputStream;
import org.bouncycastle.mls.codec.MLSMessage;
import org.bouncycastle.mls.codec.MLSOutputStream;
import org.bouncycastle.mls.codec.Proposal;
import org.bouncycastle.mls.codec.WireFormat;
import org.bouncycastle.mls.crypto.MlsCipherSuite;
import org.bouncycastle.mls.crypto.Secret;
import org.bouncycastle.mls.protocol.Group;
import org.jspecify.annotations.Nullable;

/// One epoch of an MLS group (RFC 9420), as one member holds it. All that is known of Bouncy
/// Castle's MLS is here. A state is never stored: that library has no form for it.
final class MlsState {
  private static final short SUITE = MlsCipherSuite.MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519;
  // Messages are padded to a multiple of this, so that their lengths tell less.
  private static final int PADDING = 256;
  // The library shares one digest among all groups of a process, and a digest has a state.
  private static final ReentrantLock LIBRARY = new ReentrantLock();

  private final Group group;
  private final Keys keys;
  private final String agentId;

  private MlsState(Group group, Keys keys, String agentId) {
    this.group = group;
    this.keys = keys;
    this.agentId = agentId;
  }

  /// What a member shows to be added, and what it keeps to itself meanwhile. Good for one group.
  record Offer(KeyPackage shown, byte[] init, Leaf leaf) {
    byte[] message() {
      return inLibrary(() -> MLSOutputStream.encode(MLSMessage.keyPackage(shown)));
    }
  }

  /// A change of the group that takes place if it is the first of its epoch.
  ///
  /// @param welcome for those it adds
  record Commit(byte[] message, byte[] welcome, MlsState next) {}

  /// A message that was decrypted.
  ///
  /// @param sender the member whose signature it carries
  record Opened(String sender, byte[] content) {}

  /// What can be seen of a message without its keys.
  ///
  /// @param isCommit whether it changes the group
  record Envelope(boolean isCommit, boolean isContent, long epoch) {}

  static Offer offer(Keys keys, String agentId) {
    return inLibrary(() -> offered(keys, agentId));
  }

  /// A group of one.
  static MlsState found(byte[] groupId, Keys keys, String agentId) {
    return inLibrary(() -> {
      Leaf own = Leaf.fresh(keys, agentId);
      var group =
          new Group(groupId, suite(), own.secret(), own.signer(), own.node(), new ArrayList<>());
      return new MlsState(group, keys, agentId);
    });
  }

  /// The group to which a welcome invites one who made an offer.
  static MlsState join(Offer offer, byte[] welcome, Keys keys, String agentId) {
    return inLibrary(() -> {
      MLSMessage message = decoded(welcome);
      if (message.wireFormat != WireFormat.mls_welcome) {
        throw new EncryptionException("No welcome");
      }
      var group =
          new Group(
              offer.init(),
              offer.leaf().secret(),
              offer.leaf().signer(),
              offer.shown(),
              message.welcome,
              null,
              new HashMap<>(),
              new HashMap<>());
      return new MlsState(group, keys, agentId);
    });
  }

  /// Who made an offer, and by which key.
  static MlsCredential offeredBy(byte[] offer) {
    return inLibrary(() -> MlsCredential.of(keyPackage(offer).getLeafNode()));
  }

  static Envelope envelope(byte[] message) {
    return inLibrary(() -> {
      MLSMessage decoded = decoded(message);
      boolean isPrivate = decoded.wireFormat == WireFormat.mls_private_message;
      return new Envelope(
          isPrivate && decoded.getContentType() == ContentType.COMMIT,
          isPrivate && decoded.getContentType() == ContentType.APPLICATION,
          isPrivate ? decoded.getEpoch() : -1);
    });
  }

  byte[] groupId() {
    return group.getGroupID().clone();
  }

  long epoch() {
    return group.getEpoch();
  }

  /// The same for all members of the same epoch, and for nobody else.
  byte[] authenticator() {
    return inLibrary(() -> group.getEpochAuthenticator().clone());
  }

  /// The members' names and their Ed25519 keys, in hexadecimal.
  Map<String, String> members() {
    return inLibrary(() -> {
      var members = new LinkedHashMap<String, String>();
      for (MlsCredential member : leaves().values()) {
        String other = members.put(member.agentId(), member.key());
        if (other != null && !other.equals(member.key())) {
          throw new EncryptionException("Two members have the name " + member.agentId());
        }
      }
      return members;
    });
  }

  /// Adds one who made an offer, in the place of what it was in the group before.
  Commit adding(byte[] offer, SecureRandom random) {
    return inLibrary(() -> {
      KeyPackage shown = keyPackage(offer);
      List<Proposal> proposals = removals(MlsCredential.of(shown.getLeafNode()).agentId());
      proposals.add(Proposal.add(shown));
      return commit(proposals, random);
    });
  }

  Commit removing(String name, SecureRandom random) {
    return inLibrary(() -> {
      List<Proposal> removals = removals(name);
      if (removals.isEmpty()) {
        throw new EncryptionException(name + " is no member");
      }
      if (removals.size() == leaves().size() - 1) {
        removals.add(Proposal.add(offered(keys, agentId).shown()));
      }
      return commit(removals, random);
    });
  }

  /// A change of nothing but the keys.
  Commit renewing(SecureRandom random) {
    return inLibrary(() -> {
      boolean isAlone = leaves().size() == 1;
      return commit(
          isAlone ? List.of(Proposal.add(offered(keys, agentId).shown())) : List.of(), random);
    });
  }

  /// The epoch after somebody else's commit.
  MlsState after(byte[] commit) {
    return inLibrary(() -> {
      Group next = group.handle(commit, null);
      if (next == null) {
        throw new EncryptionException("No commit");
      }
      return new MlsState(next, keys, agentId);
    });
  }

  byte[] protect(byte[] content) {
    return inLibrary(() ->
        MLSOutputStream.encode(
            group.protect(new byte[0], content, PADDING - content.length % PADDING)));
  }

  Opened open(byte[] message) {
    return inLibrary(() -> {
      byte[] content = group.unprotect(decoded(message))[1];
      return new Opened(senderOf(message), content);
    });
  }

  /// Who signed a private message that was decrypted before. The library checks the signature by
  /// the leaf that the message names, and does not say which; so its header is read again.
  private String senderOf(byte[] message) throws Exception {
    var in = new TlsReader(message);
    in.skip(4); // The version and the wire format (RFC 9420, section 6), which are checked already.
    byte[] id = in.opaque();
    byte[] epoch = in.bytes(8);
    byte[] type = in.bytes(1);
    var unused = in.opaque();
    byte[] hidden = in.opaque();
    byte[] sample = Arrays.copyOf(in.opaque(), group.getSuite().getKDF().getHashLength());
    Secret secret = group.getKeySchedule().senderDataSecret;
    MlsCipherSuite suite = group.getSuite();
    byte[] key = secret.expandWithLabel(suite, "key", sample, suite.getAEAD().getKeySize()).value();
    byte[] nonce =
        secret.expandWithLabel(suite, "nonce", sample, suite.getAEAD().getNonceSize()).value();
    var bound = new MLSOutputStream();
    bound.writeOpaque(id);
    bound.write(ByteBuffer.wrap(epoch).getLong());
    bound.write(type[0]);
    byte[] header = suite.getAEAD().open(key, nonce, bound.toByteArray(), hidden);
    LeafNode leaf = leafAt(ByteBuffer.wrap(header).getInt());
    if (leaf == null) {
      throw new EncryptionException("Not of a member");
    }
    return MlsCredential.of(leaf).agentId();
  }

  /// The library cannot make a change that leaves one leaf in the tree. Who would be alone adds a
  /// second leaf of its own, and throws the keys of that away: nobody can read by it.
  private static Offer offered(Keys keys, String agentId) throws Exception {
    Leaf leaf = Leaf.fresh(keys, agentId);
    AsymmetricCipherKeyPair init = suite().getHPKE().generatePrivateKey();
    var shown =
        new KeyPackage(
            suite(),
            suite().getHPKE().serializePublicKey(init.getPublic()),
            leaf.node(),
            new ArrayList<>(),
            leaf.signer());
    return new Offer(shown, suite().getHPKE().serializePrivateKey(init.getPrivate()), leaf);
  }

  private Commit commit(List<Proposal> proposals, SecureRandom random) throws Exception {
    byte[] fresh = new byte[32];
    random.nextBytes(fresh);
    Group.GroupWithMessage made =
        group.commit(
            new Secret(fresh),
            new Group.CommitOptions(new ArrayList<>(proposals), true, true, null),
            new Group.MessageOptions(true, new byte[0], 0),
            new Group.CommitParameters(Group.NORMAL_COMMIT_PARAMS));
    var welcome = new MLSMessage(WireFormat.mls_welcome);
    welcome.welcome = made.message.welcome;
    return new Commit(
        MLSOutputStream.encode(made.message),
        MLSOutputStream.encode(welcome),
        new MlsState(made.group, keys, agentId));
  }

  private @Nullable LeafNode leafAt(int index) {
    return group.getTree().getLeafNode(new LeafIndex(index));
  }

  private Map<Integer, MlsCredential> leaves() {
    var leaves = new LinkedHashMap<Integer, MlsCredential>();
    for (int i = 0; i < group.getTree().getSize().leafCount(); i++) {
      LeafNode leaf = leafAt(i);
      if (leaf != null) {
        leaves.put(i, MlsCredential.of(leaf));
      }
    }
    return leaves;
  }

  private List<Proposal> removals(String name) {
    var removals = new ArrayList<Proposal>();
    leaves()
        .forEach((index, member) -> {
          if (member.agentId().equals(name)) {
            removals.add(Proposal.remove(new LeafIndex(index)));
          }
        });
    return removals;
  }

  /// A place in a group, with the secrets that belong to it.
  record Leaf(LeafNode node, AsymmetricCipherKeyPair secret, byte[] signer) {
    static Leaf fresh(Keys keys, String agentId) throws Exception {
      AsymmetricCipherKeyPair secret = suite().getHPKE().generatePrivateKey();
      AsymmetricCipherKeyPair signs = suite().generateSignatureKeyPair();
      byte[] signer = suite().serializeSignaturePrivateKey(signs.getPrivate());
      byte[] groupKey = suite().serializeSignaturePublicKey(signs.getPublic());
      var node =
          new LeafNode(
              suite(),
              suite().getHPKE().serializePublicKey(secret.getPublic()),
              groupKey,
              MlsCredential.make(keys, agentId, groupKey),
              new Capabilities(),
              new LifeTime(),
              new ArrayList<>(),
              signer);
      return new Leaf(node, secret, signer);
    }
  }

  private static MlsCipherSuite suite() throws Exception {
    return MlsCipherSuite.getSuite(SUITE);
  }

  private static KeyPackage keyPackage(byte[] offer) throws Exception {
    MLSMessage message = decoded(offer);
    if (message.wireFormat != WireFormat.mls_key_package || !message.keyPackage.verify()) {
      throw new EncryptionException("No key package, or one with a wrong signature");
    }
    return message.keyPackage;
  }

  private static MLSMessage decoded(byte[] message) throws Exception {
    return (MLSMessage) MLSInputStream.decode(message, MLSMessage.class);
  }

  /// Runs a step in the library, which says of all that fails nothing but that it failed.
  private static <T> T inLibrary(Callable<T> step) {
    LIBRARY.lock();
    try {
      return step.call();
    } catch (EncryptionException e) {
      throw e;
    } catch (Exception e) {
      throw new EncryptionException("MLS: " + e.getMessage(), e);
    } finally {
      LIBRARY.unlock();
    }
  }
}
