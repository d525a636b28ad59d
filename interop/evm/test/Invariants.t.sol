// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {TestDollar} from "../src/TestDollar.sol";
import {Tools} from "./Vm.sol";

/// Some people who do with a dollar what forge thinks of, and a second set of books about it.
contract People is Tools {
    uint256 private constant COUNT = 4;

    TestDollar public immutable dollar;
    uint256 public minted;
    uint256 public usedTwice;
    uint256 public overspent;
    mapping(address => int256) public expected;
    mapping(address => mapping(bytes32 => bool)) private isUsed;

    constructor() {
        dollar = new TestDollar();
    }

    function mint(uint256 who, uint64 value) external {
        dollar.mint(person(who), value);
        minted += value;
        expected[person(who)] += int256(uint256(value));
    }

    function transfer(uint256 from, uint256 to, uint64 value) external {
        vm.prank(person(from));
        try dollar.transfer(person(to), value) {
            moved(person(from), person(to), value);
        } catch {}
    }

    function transferFrom(uint256 from, uint256 spender, uint64 allowed, uint64 value) external {
        vm.prank(person(from));
        dollar.approve(person(spender), allowed);
        vm.prank(person(spender));
        try dollar.transferFrom(person(from), person(spender), value) {
            if (dollar.allowance(person(from), person(spender)) + value != allowed) {
                overspent++;
            }
            moved(person(from), person(spender), value);
        } catch {}
    }

    /// Few nonces, so that each is tried often.
    function authorize(uint256 from, uint256 to, uint64 value, uint8 number) external {
        bytes32 nonce = bytes32(uint256(number % 8));
        bytes32 structHash = keccak256(
            abi.encode(
                dollar.TRANSFER_WITH_AUTHORIZATION_TYPEHASH(),
                person(from),
                person(to),
                uint256(value),
                uint256(0),
                type(uint256).max,
                nonce
            )
        );
        try dollar.transferWithAuthorization(
            person(from), person(to), value, 0, type(uint256).max, nonce, signature(from, structHash)
        ) {
            used(person(from), nonce);
            moved(person(from), person(to), value);
        } catch {}
    }

    function cancel(uint256 from, uint8 number) external {
        bytes32 nonce = bytes32(uint256(number % 8));
        bytes32 structHash = keccak256(abi.encode(dollar.CANCEL_AUTHORIZATION_TYPEHASH(), person(from), nonce));
        try dollar.cancelAuthorization(person(from), nonce, signature(from, structHash)) {
            used(person(from), nonce);
        } catch {}
    }

    function person(uint256 who) public pure returns (address) {
        return vm.addr(key(who));
    }

    function count() external pure returns (uint256) {
        return COUNT;
    }

    function key(uint256 who) private pure returns (uint256) {
        return 1 + who % COUNT;
    }

    function signature(uint256 who, bytes32 structHash) private view returns (bytes memory) {
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", dollar.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key(who), digest);
        return abi.encodePacked(r, s, v);
    }

    function moved(address from, address to, uint256 value) private {
        expected[from] -= int256(value);
        expected[to] += int256(value);
    }

    function used(address who, bytes32 nonce) private {
        if (isUsed[who][nonce]) {
            usedTwice++;
        }
        isUsed[who][nonce] = true;
    }
}

/// What holds after any calls in any order.
contract InvariantsTest is Tools {
    People private people;

    function setUp() public {
        people = new People();
    }

    /// Forge calls these and nothing else.
    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(people);
    }

    function invariantSupplyIsConserved() public view {
        TestDollar dollar = people.dollar();
        uint256 sum;
        for (uint256 i = 0; i < people.count(); i++) {
            sum += dollar.balanceOf(people.person(i));
        }
        check(sum == people.minted() && dollar.totalSupply() == sum, "the balances are what was minted");
    }

    function invariantBalancesAreTheBooks() public view {
        for (uint256 i = 0; i < people.count(); i++) {
            address one = people.person(i);
            check(int256(people.dollar().balanceOf(one)) == people.expected(one), "a balance is what moved");
        }
    }

    function invariantNobodySpendsMoreThanWasAllowed() public view {
        check(people.overspent() == 0, "an allowance was not used up");
    }

    function invariantNonceWorksOnce() public view {
        check(people.usedTwice() == 0, "a nonce worked twice");
    }
}
