// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {TestAuthCapture} from "./TestAuthCapture.sol";

interface AuthorizedToken {
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;
    function transfer(address to, uint256 value) external returns (bool);
}

/// Takes a payer's money for the escrow by an authorization of the token (EIP-3009), whose nonce is the payment's hash
/// without its payer, as the `ERC3009PaymentCollector` of x402's scheme `auth-capture` does. Only the escrow may ask.
contract TestPaymentCollector {
    TestAuthCapture public constant ESCROW = TestAuthCapture(0xBdEA0D1bcC5966192B070Fdf62aB4EF5b4420cff);

    function collectTokens(
        TestAuthCapture.PaymentInfo calldata info,
        address tokenStore,
        uint256 amount,
        bytes calldata signature
    ) external {
        require(msg.sender == address(ESCROW), "not the escrow");
        TestAuthCapture.PaymentInfo memory agnostic = info;
        agnostic.payer = address(0);
        AuthorizedToken(info.token).receiveWithAuthorization(
            info.payer, address(this), info.maxAmount, 0, info.preApprovalExpiry, ESCROW.getHash(agnostic), signature
        );
        if (info.maxAmount > amount) {
            require(AuthorizedToken(info.token).transfer(info.payer, info.maxAmount - amount), "not given back");
        }
        require(AuthorizedToken(info.token).transfer(tokenStore, amount), "not handed on");
    }
}
