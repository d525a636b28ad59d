// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {TestDollar} from "../src/TestDollar.sol";
import {Tools} from "./Vm.sol";

/// Any authorization works once, as it was signed, within its window, in its own domain; nothing else works.
contract TestDollarTest is Tools {
    uint256 private constant NOW = 1_800_000_000;
    uint256 private constant CHAIN = 84_532;

    TestDollar private dollar;
    TestDollar private other;

    /// What is signed, in one place: a function may have only so many variables.
    struct Signed {
        address from;
        address to;
        uint256 value;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
    }

    function setUp() public {
        vm.chainId(CHAIN);
        vm.warp(NOW);
        dollar = new TestDollar();
        other = new TestDollar();
    }

    function testIsADollarWhereverItsCodeIsPut() public {
        TestDollar etched = TestDollar(0x036CbD53842c5426634e7929541eC2318f3dCF7e);
        vm.etch(address(etched), address(dollar).code);
        // What the USDC of Base Sepolia answers there.
        check(
            etched.DOMAIN_SEPARATOR() == 0x71f17a3b2ff373b803d70a5a07c046c1a2bc8e89c09ef722fcb047abe94c9818,
            "domain of Base Sepolia"
        );
    }

    function testTypeHashesAreThoseOfTheStandard() public view {
        check(
            dollar.TRANSFER_WITH_AUTHORIZATION_TYPEHASH()
                == 0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267,
            "transfer"
        );
        check(
            dollar.RECEIVE_WITH_AUTHORIZATION_TYPEHASH()
                == 0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8,
            "receive"
        );
        check(
            dollar.CANCEL_AUTHORIZATION_TYPEHASH()
                == 0x158b0a9edf7a828aad02f63cd515c68ef2f50ba807396f6d12842833a1597429,
            "cancel"
        );
    }

    function testFuzzMovesTheMoneyOnce(uint256 key, address to, uint256 value, uint256 more, bytes32 nonce) public {
        Signed memory signed = any(key, to, value, nonce);
        dollar.mint(signed.from, more = between(more, signed.value, type(uint128).max));
        uint256 before = dollar.balanceOf(to);
        bytes memory signature = sign(dollar, key, signed);
        bring(dollar, signed, signature);
        check(dollar.balanceOf(to) == (to == signed.from ? before : before + signed.value), "the payee has it");
        check(dollar.authorizationState(signed.from, nonce), "the nonce is used");
        vm.expectRevert("FiatTokenV2: authorization is used or canceled");
        bring(dollar, signed, signature);
    }

    function testFuzzBothFormsOfASignatureAreOne(uint256 key, address to, uint256 value, bytes32 nonce) public {
        Signed memory signed = any(key, to, value, nonce);
        dollar.mint(signed.from, signed.value);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(bounded(key), digest(dollar, signed, false));
        dollar.transferWithAuthorization(
            signed.from, to, signed.value, signed.validAfter, signed.validBefore, nonce, v, r, s
        );
        vm.expectRevert("FiatTokenV2: authorization is used or canceled");
        bring(dollar, signed, abi.encodePacked(r, s, v));
    }

    function testFuzzWindowIsStrict(uint256 key, uint256 at, uint256 validAfter, uint256 validBefore) public {
        Signed memory signed = any(key, address(0xbeef), 0, bytes32("window"));
        at = between(at, 1, type(uint64).max);
        // Often next to the edges, where mistakes are.
        signed.validAfter = near(validAfter, at);
        signed.validBefore = near(validBefore, at);
        bytes memory signature = sign(dollar, key, signed);
        vm.warp(at);
        if (at <= signed.validAfter) {
            vm.expectRevert("FiatTokenV2: authorization is not yet valid");
        } else if (at >= signed.validBefore) {
            vm.expectRevert("FiatTokenV2: authorization is expired");
        }
        bring(dollar, signed, signature);
    }

    function testFuzzTheOtherSignatureIsRefused(uint256 key, address to, uint256 value, bytes32 nonce) public {
        Signed memory signed = any(key, to, value, nonce);
        dollar.mint(signed.from, signed.value);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(bounded(key), digest(dollar, signed, false));
        bytes memory mirrored = abi.encodePacked(r, bytes32(ORDER - uint256(s)), v == 27 ? uint8(28) : uint8(27));
        vm.expectRevert("ECRecover: invalid signature 's' value");
        bring(dollar, signed, mirrored);
        bring(dollar, signed, abi.encodePacked(r, s, v));
    }

    function testFuzzOnlyTwoRecoveryNumbers(uint256 key, uint8 wrong) public {
        Signed memory signed = any(key, address(0xbeef), 0, bytes32("v"));
        vm.assume(wrong != 27 && wrong != 28);
        (, bytes32 r, bytes32 s) = vm.sign(bounded(key), digest(dollar, signed, false));
        vm.expectRevert("ECRecover: invalid signature 'v' value");
        bring(dollar, signed, abi.encodePacked(r, s, wrong));
    }

    function testFuzzSignatureHas65Bytes(uint256 key, bytes memory signature) public {
        Signed memory signed = any(key, address(0xbeef), 0, bytes32("length"));
        vm.assume(signature.length != 65);
        vm.expectRevert("ECRecover: invalid signature length");
        bring(dollar, signed, signature);
    }

    function testFuzzAnotherDomainIsRefused(uint256 key, address to, uint256 value, uint64 chain) public {
        Signed memory signed = any(key, to, value, bytes32("domain"));
        dollar.mint(signed.from, signed.value);
        bytes memory ofAnotherContract = sign(other, key, signed);
        bytes memory own = sign(dollar, key, signed);
        expectNotSigned(signed, ofAnotherContract);
        vm.assume(chain != CHAIN && chain != 0);
        vm.chainId(chain);
        expectNotSigned(signed, own);
        vm.chainId(CHAIN);
        bring(dollar, signed, own);
    }

    function testFuzzEveryFieldIsSigned(uint256 key, address to, uint256 value, uint8 which) public {
        Signed memory signed = any(key, to, value, bytes32("field"));
        dollar.mint(signed.from, type(uint128).max);
        bytes memory signature = sign(dollar, key, signed);
        which = uint8(between(which, 0, 5));
        if (which == 0) signed.from = address(uint160(signed.from) ^ 1);
        if (which == 1) signed.to = address(uint160(signed.to) ^ 1);
        if (which == 2) signed.value ^= 1;
        if (which == 3) signed.validAfter ^= 1;
        if (which == 4) signed.validBefore ^= 1;
        if (which == 5) signed.nonce = bytes32("another");
        expectNotSigned(signed, signature);
    }

    function testFuzzOnlyThePayeeReceives(uint256 key, address to, uint256 value, address stranger) public {
        Signed memory signed = any(key, to, value, bytes32("receive"));
        vm.assume(stranger != to);
        dollar.mint(signed.from, signed.value);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(bounded(key), digest(dollar, signed, true));
        bytes memory signature = abi.encodePacked(r, s, v);
        vm.prank(stranger);
        vm.expectRevert("FiatTokenV2: caller must be the payee");
        receive_(signed, signature);
        // What is signed for the payee to bring is no authorization for anybody to bring.
        expectNotSigned(signed, signature);
        vm.prank(to);
        receive_(signed, signature);
        check(dollar.balanceOf(to) == signed.value || to == signed.from, "the payee has it");
    }

    function testFuzzCanceledIsUsed(uint256 key, address to, uint256 value, bytes32 nonce) public {
        Signed memory signed = any(key, to, value, nonce);
        dollar.mint(signed.from, signed.value);
        bytes32 hash = keccak256(abi.encode(dollar.CANCEL_AUTHORIZATION_TYPEHASH(), signed.from, nonce));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(bounded(key), wrapped(dollar, hash));
        dollar.cancelAuthorization(signed.from, nonce, v, r, s);
        bytes memory signature = sign(dollar, key, signed);
        vm.expectRevert("FiatTokenV2: authorization is used or canceled");
        bring(dollar, signed, signature);
        vm.expectRevert("FiatTokenV2: authorization is used or canceled");
        dollar.cancelAuthorization(signed.from, nonce, abi.encodePacked(r, s, v));
    }

    function testFuzzNobodyPaysMoreThanIsThere(uint256 key, address to, uint256 value, uint256 missing) public {
        Signed memory signed = any(key, to, between(value, 1, type(uint128).max), bytes32("more"));
        dollar.mint(signed.from, signed.value - between(missing, 1, signed.value));
        bytes memory signature = sign(dollar, key, signed);
        vm.expectRevert("ERC20: transfer amount exceeds balance");
        bring(dollar, signed, signature);
        // Nothing is used up by a refusal.
        dollar.mint(signed.from, signed.value);
        bring(dollar, signed, signature);
    }

    function any(uint256 key, address to, uint256 value, bytes32 nonce) private view returns (Signed memory) {
        vm.assume(to != address(0) && to != address(1));
        return Signed(vm.addr(bounded(key)), to, between(value, 0, type(uint128).max), NOW - 600, NOW + 60, nonce);
    }

    function bounded(uint256 key) private pure returns (uint256) {
        return between(key, 1, ORDER - 1);
    }

    function near(uint256 value, uint256 at) private pure returns (uint256) {
        return value % 2 == 0 ? between(value, at - 1, at + 1) : value;
    }

    function digest(TestDollar token, Signed memory signed, bool isReceived) private view returns (bytes32) {
        bytes32 typeHash = isReceived
            ? token.RECEIVE_WITH_AUTHORIZATION_TYPEHASH()
            : token.TRANSFER_WITH_AUTHORIZATION_TYPEHASH();
        return wrapped(token, keccak256(abi.encode(typeHash, signed)));
    }

    function wrapped(TestDollar token, bytes32 structHash) private view returns (bytes32) {
        return keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), structHash));
    }

    function sign(TestDollar token, uint256 key, Signed memory signed) private view returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(bounded(key), digest(token, signed, false));
        return abi.encodePacked(r, s, v);
    }

    function bring(TestDollar token, Signed memory one, bytes memory signature) private {
        token.transferWithAuthorization(
            one.from, one.to, one.value, one.validAfter, one.validBefore, one.nonce, signature
        );
    }

    function receive_(Signed memory one, bytes memory signature) private {
        dollar.receiveWithAuthorization(
            one.from, one.to, one.value, one.validAfter, one.validBefore, one.nonce, signature
        );
    }

    /// A changed text recovers to some other address, or to none.
    function expectNotSigned(Signed memory one, bytes memory signature) private {
        uint256 before = dollar.balanceOf(one.from);
        try dollar.transferWithAuthorization(
            one.from, one.to, one.value, one.validAfter, one.validBefore, one.nonce, signature
        ) {
            revert("taken, and was not signed");
        } catch Error(string memory reason) {
            bytes32 hash = keccak256(bytes(reason));
            check(
                hash == keccak256("FiatTokenV2: invalid signature") || hash == keccak256("ECRecover: invalid signature"),
                reason
            );
        }
        check(dollar.balanceOf(one.from) == before, "nothing moved");
    }
}
