// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

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

/// Takes deposits for the escrow by an authorization of the token (EIP-3009), whose nonce is bound to the channel, as
/// x402's `ERC3009DepositCollector` does. Whoever calls is given the money, so only the escrow may.
contract TestDepositCollector {
    address public constant ESCROW = 0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003;

    function collect(address payer, address token, uint256 amount, bytes32 channelId, bytes calldata data) external {
        require(msg.sender == ESCROW, "not the escrow");
        (uint256 validAfter, uint256 validBefore, uint256 salt, bytes memory signature) =
            abi.decode(data, (uint256, uint256, uint256, bytes));
        AuthorizedToken(token).receiveWithAuthorization(
            payer, address(this), amount, validAfter, validBefore, keccak256(abi.encode(channelId, salt)), signature
        );
        require(AuthorizedToken(token).transfer(ESCROW, amount), "not handed on");
    }
}
