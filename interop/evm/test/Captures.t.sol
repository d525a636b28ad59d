// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {TestAuthCapture} from "../src/TestAuthCapture.sol";
import {TestDollar} from "../src/TestDollar.sol";
import {TestPaymentCollector} from "../src/TestPaymentCollector.sol";
import {Tools} from "./Vm.sol";

/// Two payers with two payments each to one receiver, and an operator, who do what forge thinks of, and a second set of
/// books about it.
contract CaptureUsers is Tools {
    uint256 private constant PAYERS = 2;
    uint256 private constant SALTS = 2;
    uint48 private constant EXPIRY = 1_800_100_000;
    uint16 public constant FEE_BPS = 350;
    address public constant OPERATOR = address(0x0BE7);
    address public constant RECEIVER = address(0xBEEF);
    address public constant FEES = address(0xFEE5);
    TestAuthCapture public constant ESCROW = TestAuthCapture(0xBdEA0D1bcC5966192B070Fdf62aB4EF5b4420cff);
    address private constant COLLECTOR = 0x0E3dF9510de65469C4518D7843919c0b8C7A7757;

    TestDollar public immutable dollar;
    uint256 public wrongs;
    uint256 public keptIn;
    uint256 public fees;
    uint256 public minted;
    mapping(bytes32 => uint256) public authorized;
    mapping(bytes32 => uint256) public captured;
    mapping(bytes32 => uint256) public givenBack;
    mapping(uint256 => address) private addresses;

    constructor() {
        dollar = new TestDollar();
        for (uint256 key = 1; key <= PAYERS; key++) {
            addresses[key] = vm.addr(key);
        }
        vm.etch(address(ESCROW), address(new TestAuthCapture()).code);
        vm.etch(COLLECTOR, address(new TestPaymentCollector()).code);
    }

    function authorize(uint256 who, uint256 salt, uint32 amount, uint8 by, uint8 signer) public {
        TestAuthCapture.PaymentInfo memory info = payment(who, salt);
        bytes32 id = ESCROW.getHash(info);
        dollar.mint(info.payer, info.maxAmount);
        minted += info.maxAmount;
        uint256 key = signer % 8 == 1 ? 99 : 1 + who % PAYERS;
        uint256 taken = between(amount, 0, uint256(info.maxAmount) + 1);
        bool isOther = by % 8 == 1;
        (bool wasIn,,) = ESCROW.paymentState(id);
        bytes memory signed = signature(key, info);
        vm.prank(isOther ? info.payer : OPERATOR);
        try ESCROW.authorize(info, taken, COLLECTOR, signed) {
            bool isWrong = wasIn || isOther || key == 99 || taken == 0 || taken > info.maxAmount
                || block.timestamp >= info.preApprovalExpiry;
            wrongs += isWrong ? 1 : 0;
            authorized[id] += taken;
        } catch {}
    }

    function capture(uint256 who, uint256 salt, uint32 amount, uint16 feeBps, uint8 by) external {
        TestAuthCapture.PaymentInfo memory info = payment(who, salt);
        bytes32 id = ESCROW.getHash(info);
        uint16 bps = by % 4 == 0 ? feeBps : FEE_BPS;
        address feeReceiver = by % 16 == 5 ? OPERATOR : FEES;
        bool isOther = by % 16 == 6;
        vm.prank(isOther ? RECEIVER : OPERATOR);
        try ESCROW.capture(info, amount, bps, feeReceiver) {
            bool isWrong = isOther || bps != FEE_BPS || feeReceiver != FEES || amount == 0
                || captured[id] + amount + givenBack[id] > authorized[id] || block.timestamp >= EXPIRY;
            wrongs += isWrong ? 1 : 0;
            captured[id] += amount;
            fees += uint256(amount) * FEE_BPS / 10_000;
        } catch {}
    }

    function giveUp(uint256 who, uint256 salt, uint8 by) external {
        TestAuthCapture.PaymentInfo memory info = payment(who, salt);
        bytes32 id = ESCROW.getHash(info);
        uint256 left = authorized[id] - captured[id] - givenBack[id];
        bool isOther = by % 4 == 1;
        vm.prank(isOther ? info.payer : OPERATOR);
        try ESCROW.void(info) {
            wrongs += isOther || left == 0 ? 1 : 0;
            givenBack[id] += left;
        } catch {
            // The operator can always give back.
            wrongs += !isOther && left > 0 ? 1 : 0;
        }
    }

    /// A payer leaves after the expiry, whatever the operator did before; not a second earlier.
    function leave(uint256 who, uint256 salt, uint8 by) external {
        TestAuthCapture.PaymentInfo memory info = payment(who, salt);
        bytes32 id = ESCROW.getHash(info);
        uint256 left = authorized[id] - captured[id] - givenBack[id];
        if (left == 0 || by % 8 != 0) {
            return;
        }
        uint256 now_ = block.timestamp;
        vm.warp(EXPIRY - 1);
        vm.prank(info.payer);
        try ESCROW.reclaim(info) {
            wrongs++;
            givenBack[id] += left;
            vm.warp(now_);
            return;
        } catch {}
        vm.warp(EXPIRY);
        vm.prank(RECEIVER);
        try ESCROW.reclaim(info) {
            wrongs++;
        } catch {}
        vm.prank(OPERATOR);
        try ESCROW.capture(info, 1, FEE_BPS, FEES) {
            wrongs++;
        } catch {}
        uint256 before = dollar.balanceOf(info.payer);
        vm.prank(info.payer);
        try ESCROW.reclaim(info) {
            keptIn += dollar.balanceOf(info.payer) == before + left ? 0 : 1;
            givenBack[id] += left;
        } catch {
            keptIn++;
        }
        vm.warp(now_);
    }

    function payment(uint256 who, uint256 salt) public view returns (TestAuthCapture.PaymentInfo memory) {
        return TestAuthCapture.PaymentInfo(
            OPERATOR,
            addresses[1 + who % PAYERS],
            RECEIVER,
            address(dollar),
            1_000_000_000,
            EXPIRY,
            EXPIRY,
            EXPIRY,
            FEE_BPS,
            FEE_BPS,
            FEES,
            salt % SALTS
        );
    }

    function count() external pure returns (uint256) {
        return PAYERS * SALTS;
    }

    function signature(uint256 key, TestAuthCapture.PaymentInfo memory info) private view returns (bytes memory) {
        address payer = info.payer;
        info.payer = address(0);
        bytes32 nonce = ESCROW.getHash(info);
        info.payer = payer;
        bytes32 structHash = keccak256(
            abi.encode(
                dollar.RECEIVE_WITH_AUTHORIZATION_TYPEHASH(),
                payer,
                COLLECTOR,
                uint256(info.maxAmount),
                uint256(0),
                uint256(info.preApprovalExpiry),
                nonce
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", dollar.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}

/// What holds of payments in escrow after any calls in any order.
contract CapturesTest is Tools {
    CaptureUsers private users;

    function setUp() public {
        vm.warp(1_800_000_000);
        users = new CaptureUsers();
        // Payments that are in from the first call on, but for one.
        for (uint256 i = 1; i < users.count(); i++) {
            users.authorize(i / 2, i % 2, 1_000_000_000, 0, 0);
        }
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(users);
    }

    function testMoneyIsIn() public view {
        for (uint256 i = 1; i < users.count(); i++) {
            (bool isIn, uint120 capturable,) = users.ESCROW().paymentState(id(i));
            check(isIn && capturable == 1_000_000_000, "a payment is in");
        }
    }

    function testAPaymentComesInOnce() public {
        users.giveUp(1, 0, 0);
        users.authorize(1, 0, 1_000_000_000, 0, 0);
        (, uint120 capturable,) = users.ESCROW().paymentState(id(2));
        check(capturable == 0 && users.wrongs() == 0, "what was given back does not come in again");
    }

    function testFeesAreRoundedDown(uint32 amount) public {
        uint32 atoms = uint32(between(amount, 1, 1_000_000_000));
        users.capture(1, 1, atoms, 0, 1);
        check(users.dollar().balanceOf(users.FEES()) == uint256(atoms) * 350 / 10_000, "the fee is rounded down");
        check(users.dollar().balanceOf(users.RECEIVER()) == atoms - uint256(atoms) * 350 / 10_000, "the rest is paid");
    }

    function testThePayerLeavesAfterTheExpiry() public {
        users.capture(1, 1, 400_000_000, 0, 1);
        users.leave(1, 1, 0);
        check(users.keptIn() == 0 && users.wrongs() == 0, "the payer leaves with the rest, and not before");
        check(users.givenBack(id(3)) == 600_000_000, "all of the rest");
    }

    function testStrangersDoNothing() public {
        users.capture(1, 1, 1, 0, 6);
        users.capture(1, 1, 1, 0, 5);
        users.capture(1, 1, 1, 351, 4);
        users.capture(1, 1, 1, 349, 4);
        users.capture(1, 1, 1_000_000_001, 0, 1);
        users.giveUp(1, 1, 1);
        users.authorize(0, 0, 5, 1, 0);
        users.authorize(0, 0, 5, 0, 1);
        check(users.wrongs() == 0 && users.captured(id(3)) == 0, "only what is agreed is done");
    }

    function invariantMoneyIsWhereItWasAgreed() public view {
        uint256 held;
        uint256 paid;
        for (uint256 i = 0; i < users.count(); i++) {
            (, uint120 capturable, uint120 refundable) = users.ESCROW().paymentState(id(i));
            check(refundable == users.captured(id(i)), "what is captured is counted");
            check(
                capturable + users.captured(id(i)) + users.givenBack(id(i)) == users.authorized(id(i)),
                "captured, given back and left are what came in"
            );
            held += capturable;
            paid += users.captured(id(i));
        }
        TestDollar dollar = users.dollar();
        check(dollar.balanceOf(address(users.ESCROW())) == held, "no more and no less is in escrow");
        check(dollar.balanceOf(users.FEES()) == users.fees(), "fees are what was agreed");
        check(dollar.balanceOf(users.RECEIVER()) == paid - users.fees(), "the receiver has the rest");
        check(dollar.balanceOf(users.OPERATOR()) == 0, "the operator has nothing");
        check(users.wrongs() == 0, "nothing is done that was not agreed");
        check(users.keptIn() == 0, "a payer can always leave after the expiry");
    }

    function id(uint256 number) private view returns (bytes32) {
        return users.ESCROW().getHash(users.payment(number / 2, number % 2));
    }
}
