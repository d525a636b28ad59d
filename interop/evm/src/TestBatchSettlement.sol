// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

interface Token {
    function transfer(address to, uint256 value) external returns (bool);
    function balanceOf(address owner) external view returns (uint256);
}

interface Collector {
    function collect(address payer, address token, uint256 amount, bytes32 channelId, bytes calldata data) external;
}

/// An escrow for tests that behaves as x402's `x402BatchSettlement` does where the scheme `batch-settlement` touches it:
/// channels into which a payer deposits, vouchers for all that its receiver may have so far, claims of them, payouts,
/// refunds, and a payer's way out alone. Written by what the scheme says of it and what its official library asks of
/// it; signatures of contracts (ERC-1271) are not taken. The domain is computed on every call, so that the runtime code
/// can be put at any address.
contract TestBatchSettlement {
    struct ChannelConfig {
        address payer;
        address payerAuthorizer;
        address receiver;
        address receiverAuthorizer;
        address token;
        uint40 withdrawDelay;
        bytes32 salt;
    }

    struct Voucher {
        ChannelConfig channel;
        uint128 maxClaimableAmount;
    }

    struct VoucherClaim {
        Voucher voucher;
        bytes signature;
        uint128 totalClaimed;
    }

    struct Channel {
        uint128 balance;
        uint128 totalClaimed;
    }

    struct Withdrawal {
        uint128 amount;
        uint40 initiatedAt;
    }

    struct Receiver {
        uint128 totalClaimed;
        uint128 totalSettled;
    }

    uint40 public constant MIN_WITHDRAW_DELAY = 15 minutes;
    uint40 public constant MAX_WITHDRAW_DELAY = 30 days;

    bytes32 public constant CHANNEL_CONFIG_TYPEHASH = keccak256(
        "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)"
    );
    bytes32 private constant VOUCHER_TYPEHASH = keccak256("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");
    bytes32 private constant REFUND_TYPEHASH = keccak256("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");
    bytes32 private constant CLAIM_ENTRY_TYPEHASH =
        keccak256("ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)");
    bytes32 private constant CLAIM_BATCH_TYPEHASH = keccak256(
        "ClaimBatch(ClaimEntry[] claims)ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"
    );
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// Half of the order of secp256k1: of the two signatures that are equally valid, only the lower one is taken.
    uint256 private constant S_MAX = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    mapping(bytes32 => Channel) public channels;
    mapping(bytes32 => Withdrawal) public pendingWithdrawals;
    mapping(bytes32 => uint256) public refundNonce;
    mapping(address => mapping(address => Receiver)) public receivers;

    event Deposited(bytes32 indexed channelId, address indexed sender, uint128 amount, uint128 newBalance);
    event Claimed(bytes32 indexed channelId, address indexed sender, uint128 claimAmount, uint128 newTotalClaimed);
    event Settled(address indexed receiver, address indexed token, address indexed sender, uint128 amount);
    event Refunded(bytes32 indexed channelId, address indexed sender, uint128 amount);

    // What is signed

    function domainSeparator() public view returns (bytes32) {
        return keccak256(
            abi.encode(
                DOMAIN_TYPEHASH, keccak256("x402 Batch Settlement"), keccak256("1"), block.chainid, address(this)
            )
        );
    }

    function getChannelId(ChannelConfig calldata config) public view returns (bytes32) {
        return wrapped(keccak256(abi.encode(CHANNEL_CONFIG_TYPEHASH, config)));
    }

    function getVoucherDigest(bytes32 channelId, uint128 maxClaimableAmount) public view returns (bytes32) {
        return wrapped(keccak256(abi.encode(VOUCHER_TYPEHASH, channelId, maxClaimableAmount)));
    }

    function getRefundDigest(bytes32 channelId, uint256 nonce, uint128 amount) public view returns (bytes32) {
        return wrapped(keccak256(abi.encode(REFUND_TYPEHASH, channelId, nonce, amount)));
    }

    function getClaimBatchDigest(VoucherClaim[] calldata claims) public view returns (bytes32) {
        bytes32[] memory entries = new bytes32[](claims.length);
        for (uint256 i = 0; i < claims.length; i++) {
            entries[i] = keccak256(
                abi.encode(
                    CLAIM_ENTRY_TYPEHASH,
                    getChannelId(claims[i].voucher.channel),
                    claims[i].voucher.maxClaimableAmount,
                    claims[i].totalClaimed
                )
            );
        }
        return wrapped(keccak256(abi.encode(CLAIM_BATCH_TYPEHASH, keccak256(abi.encodePacked(entries)))));
    }

    function wrapped(bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", domainSeparator(), structHash));
    }

    // What is done

    function deposit(ChannelConfig calldata config, uint128 amount, address collector, bytes calldata data) external {
        require(
            config.withdrawDelay >= MIN_WITHDRAW_DELAY && config.withdrawDelay <= MAX_WITHDRAW_DELAY,
            "withdraw delay out of range"
        );
        require(config.receiver != address(0) && config.receiverAuthorizer != address(0), "no receiver");
        require(amount > 0, "nothing to deposit");
        bytes32 id = getChannelId(config);
        uint256 before = Token(config.token).balanceOf(address(this));
        Collector(collector).collect(config.payer, config.token, amount, id, data);
        require(Token(config.token).balanceOf(address(this)) == before + amount, "not collected");
        channels[id].balance += amount;
        emit Deposited(id, msg.sender, amount, channels[id].balance);
    }

    function claim(VoucherClaim[] calldata claims) external {
        for (uint256 i = 0; i < claims.length; i++) {
            ChannelConfig calldata config = claims[i].voucher.channel;
            require(msg.sender == config.receiver || msg.sender == config.receiverAuthorizer, "not the receiver");
            claimOne(claims[i]);
        }
    }

    function claimWithSignature(VoucherClaim[] calldata claims, bytes calldata signature) external {
        require(claims.length > 0, "nothing to claim");
        address signer = recovered(getClaimBatchDigest(claims), signature);
        for (uint256 i = 0; i < claims.length; i++) {
            require(signer == claims[i].voucher.channel.receiverAuthorizer, "invalid authorizer signature");
            claimOne(claims[i]);
        }
    }

    /// What was claimed before is claimed; again changes nothing.
    function claimOne(VoucherClaim calldata one) private {
        ChannelConfig calldata config = one.voucher.channel;
        bytes32 id = getChannelId(config);
        Channel storage channel = channels[id];
        if (one.totalClaimed <= channel.totalClaimed) {
            return;
        }
        require(one.totalClaimed <= one.voucher.maxClaimableAmount, "more than the ceiling");
        require(one.totalClaimed <= channel.balance, "more than the balance");
        bytes32 digest = getVoucherDigest(id, one.voucher.maxClaimableAmount);
        address signer = config.payerAuthorizer == address(0) ? config.payer : config.payerAuthorizer;
        require(config.payerAuthorizer != address(0) || config.payer.code.length == 0, "a contract's signature");
        require(recovered(digest, one.signature) == signer, "invalid voucher signature");
        uint128 amount = one.totalClaimed - channel.totalClaimed;
        channel.totalClaimed = one.totalClaimed;
        receivers[config.receiver][config.token].totalClaimed += amount;
        emit Claimed(id, msg.sender, amount, one.totalClaimed);
    }

    function settle(address receiver, address token) external {
        Receiver storage totals = receivers[receiver][token];
        uint128 amount = totals.totalClaimed - totals.totalSettled;
        if (amount == 0) {
            return;
        }
        totals.totalSettled = totals.totalClaimed;
        require(Token(token).transfer(receiver, amount), "not paid");
        emit Settled(receiver, token, msg.sender, amount);
    }

    function initiateWithdraw(ChannelConfig calldata config, uint128 amount) external {
        require(msg.sender == config.payer || msg.sender == config.payerAuthorizer, "not the payer");
        bytes32 id = getChannelId(config);
        require(pendingWithdrawals[id].initiatedAt == 0, "already under way");
        require(amount > 0 && amount <= channels[id].balance - channels[id].totalClaimed, "more than is left");
        pendingWithdrawals[id] = Withdrawal(amount, uint40(block.timestamp));
    }

    function finalizeWithdraw(ChannelConfig calldata config) external {
        bytes32 id = getChannelId(config);
        Withdrawal memory withdrawal = pendingWithdrawals[id];
        require(withdrawal.initiatedAt != 0, "not under way");
        require(block.timestamp >= uint256(withdrawal.initiatedAt) + config.withdrawDelay, "too early");
        delete pendingWithdrawals[id];
        giveBack(config, id, withdrawal.amount);
    }

    function refund(ChannelConfig calldata config, uint128 amount) external {
        require(msg.sender == config.receiver || msg.sender == config.receiverAuthorizer, "not the receiver");
        refundOne(config, amount);
    }

    function refundWithSignature(
        ChannelConfig calldata config,
        uint128 amount,
        uint256 nonce,
        bytes calldata signature
    ) external {
        bytes32 id = getChannelId(config);
        require(nonce == refundNonce[id], "wrong refund nonce");
        require(
            recovered(getRefundDigest(id, nonce, amount), signature) == config.receiverAuthorizer,
            "invalid authorizer signature"
        );
        refundOne(config, amount);
    }

    function refundOne(ChannelConfig calldata config, uint128 amount) private {
        require(amount > 0, "nothing to refund");
        bytes32 id = getChannelId(config);
        refundNonce[id]++;
        emit Refunded(id, msg.sender, giveBack(config, id, amount));
    }

    /// At most what nobody has claimed.
    function giveBack(ChannelConfig calldata config, bytes32 id, uint128 amount) private returns (uint128) {
        uint128 left = channels[id].balance - channels[id].totalClaimed;
        uint128 back = amount > left ? left : amount;
        channels[id].balance -= back;
        require(Token(config.token).transfer(config.payer, back), "not paid back");
        return back;
    }

    function multicall(bytes[] calldata calls) external returns (bytes[] memory results) {
        results = new bytes[](calls.length);
        for (uint256 i = 0; i < calls.length; i++) {
            (bool isDone, bytes memory result) = address(this).delegatecall(calls[i]);
            if (!isDone) {
                assembly ("memory-safe") {
                    revert(add(result, 0x20), mload(result))
                }
            }
            results[i] = result;
        }
    }

    function recovered(bytes32 digest, bytes calldata signature) private pure returns (address) {
        require(signature.length == 65, "invalid signature length");
        uint8 v = uint8(signature[64]);
        require(uint256(bytes32(signature[32:64])) <= S_MAX && (v == 27 || v == 28), "invalid signature");
        address signer = ecrecover(digest, v, bytes32(signature[:32]), bytes32(signature[32:64]));
        require(signer != address(0), "invalid signature");
        return signer;
    }
}
