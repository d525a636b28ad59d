// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

interface Token {
    function transfer(address to, uint256 value) external returns (bool);
    function balanceOf(address owner) external view returns (uint256);
}

interface PaymentCollector {
    function collectTokens(
        TestAuthCapture.PaymentInfo calldata paymentInfo,
        address tokenStore,
        uint256 amount,
        bytes calldata collectorData
    ) external;
}

/// An escrow for tests that behaves as the `AuthCaptureEscrow` v1.0 of x402's scheme `auth-capture` does where a
/// delegated operator, a payer and a receiver touch it: money is authorized once, captured in parts to the receiver less
/// a fee, voided to the payer by the operator at any time, and reclaimed by the payer after the expiry. Written by what
/// the scheme says of it and what its official library signs; `charge`, `refund` and the stores that the original keeps
/// for each operator are left out, so what is in escrow is this contract's own balance. It has no state of its own
/// before it is used, so that the runtime code can be put at any address.
contract TestAuthCapture {
    struct PaymentInfo {
        address operator;
        address payer;
        address receiver;
        address token;
        uint120 maxAmount;
        uint48 preApprovalExpiry;
        uint48 authorizationExpiry;
        uint48 refundExpiry;
        uint16 minFeeBps;
        uint16 maxFeeBps;
        address feeReceiver;
        uint256 salt;
    }

    struct PaymentState {
        bool hasCollectedPayment;
        uint120 capturableAmount;
        uint120 refundableAmount;
    }

    bytes32 public constant PAYMENT_INFO_TYPEHASH = keccak256(
        "PaymentInfo(address operator,address payer,address receiver,address token,uint120 maxAmount,uint48 preApprovalExpiry,uint48 authorizationExpiry,uint48 refundExpiry,uint16 minFeeBps,uint16 maxFeeBps,address feeReceiver,uint256 salt)"
    );
    uint256 private constant BPS_MAX = 10_000;

    mapping(bytes32 => PaymentState) public paymentState;

    event PaymentAuthorized(bytes32 indexed paymentInfoHash, uint256 amount, address tokenCollector);
    event PaymentCaptured(bytes32 indexed paymentInfoHash, uint256 amount, uint16 feeBps, address feeReceiver);
    event PaymentVoided(bytes32 indexed paymentInfoHash, uint256 amount);
    event PaymentReclaimed(bytes32 indexed paymentInfoHash, uint256 amount);

    function getHash(PaymentInfo calldata info) public view returns (bytes32) {
        return keccak256(abi.encode(block.chainid, address(this), keccak256(abi.encode(PAYMENT_INFO_TYPEHASH, info))));
    }

    /// Takes money in, once for a payment.
    function authorize(PaymentInfo calldata info, uint256 amount, address tokenCollector, bytes calldata collectorData)
        external
    {
        require(msg.sender == info.operator, "not the operator");
        require(amount > 0 && amount <= info.maxAmount, "amount out of range");
        require(block.timestamp < info.preApprovalExpiry, "after the pre-approval's expiry");
        require(
            info.preApprovalExpiry <= info.authorizationExpiry && info.authorizationExpiry <= info.refundExpiry,
            "expiries out of order"
        );
        require(info.minFeeBps <= info.maxFeeBps && info.maxFeeBps <= BPS_MAX, "fees out of range");
        bytes32 id = getHash(info);
        require(!paymentState[id].hasCollectedPayment, "already collected");
        paymentState[id] = PaymentState(true, uint120(amount), 0);
        uint256 before = Token(info.token).balanceOf(address(this));
        PaymentCollector(tokenCollector).collectTokens(info, address(this), amount, collectorData);
        require(Token(info.token).balanceOf(address(this)) == before + amount, "not collected");
        emit PaymentAuthorized(id, amount, tokenCollector);
    }

    /// Pays the receiver out of it, less the fee.
    function capture(PaymentInfo calldata info, uint256 amount, uint16 feeBps, address feeReceiver) external {
        require(msg.sender == info.operator, "not the operator");
        require(amount > 0, "nothing to capture");
        require(feeBps >= info.minFeeBps && feeBps <= info.maxFeeBps, "fee out of range");
        require(feeBps == 0 || feeReceiver != address(0), "no fee receiver");
        require(info.feeReceiver == address(0) || feeReceiver == info.feeReceiver, "another fee receiver");
        require(block.timestamp < info.authorizationExpiry, "after the authorization's expiry");
        bytes32 id = getHash(info);
        PaymentState storage state = paymentState[id];
        require(amount <= state.capturableAmount, "more than is authorized");
        state.capturableAmount -= uint120(amount);
        state.refundableAmount += uint120(amount);
        uint256 fee = amount * feeBps / BPS_MAX;
        emit PaymentCaptured(id, amount, feeBps, feeReceiver);
        if (fee > 0) {
            pay(info.token, feeReceiver, fee);
        }
        if (amount > fee) {
            pay(info.token, info.receiver, amount - fee);
        }
    }

    /// Gives the payer all that is left, at any time.
    function void(PaymentInfo calldata info) external {
        require(msg.sender == info.operator, "not the operator");
        emit PaymentVoided(getHash(info), giveBack(info));
    }

    /// The payer takes what is left, without anybody.
    function reclaim(PaymentInfo calldata info) external {
        require(msg.sender == info.payer, "not the payer");
        require(block.timestamp >= info.authorizationExpiry, "before the authorization's expiry");
        emit PaymentReclaimed(getHash(info), giveBack(info));
    }

    function giveBack(PaymentInfo calldata info) private returns (uint256 amount) {
        PaymentState storage state = paymentState[getHash(info)];
        amount = state.capturableAmount;
        require(amount > 0, "nothing authorized");
        state.capturableAmount = 0;
        pay(info.token, info.payer, amount);
    }

    function pay(address token, address to, uint256 amount) private {
        require(Token(token).transfer(to, amount), "not paid");
    }
}
