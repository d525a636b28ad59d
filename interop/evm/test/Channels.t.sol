// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {TestBatchSettlement} from "../src/TestBatchSettlement.sol";
import {TestDepositCollector} from "../src/TestDepositCollector.sol";
import {TestDollar} from "../src/TestDollar.sol";
import {Tools} from "./Vm.sol";

/// Two payers with channels to one receiver, who do what forge thinks of, and a second set of books about it.
contract ChannelUsers is Tools {
    uint256 private constant PAYERS = 2;
    uint256 private constant SALTS = 2;
    uint256 private constant AUTHORIZER = 77;
    uint40 private constant DELAY = 900;
    address public constant RECEIVER = address(0xBEEF);
    TestBatchSettlement public constant ESCROW = TestBatchSettlement(0x4020074e9dF2ce1deE5A9C1b5c3f541D02a10003);
    address private constant COLLECTOR = 0x4020806089470a89826cB9fB1f4059150b550004;

    TestDollar public immutable dollar;
    uint256 public refundedTwice;
    uint256 public keptIn;
    uint256 public claimedUnsigned;
    mapping(bytes32 => uint256) public signed;
    mapping(bytes32 => uint256) public deposited;
    mapping(bytes32 => uint256) public refunds;
    mapping(bytes32 => mapping(uint256 => bool)) private isRefunded;
    /// Kept, since finding an address takes long.
    bytes32[] public ids;
    mapping(uint256 => address) private addresses;

    constructor() {
        dollar = new TestDollar();
        for (uint256 key = 1; key <= PAYERS; key++) {
            addresses[key] = vm.addr(key);
        }
        addresses[AUTHORIZER] = vm.addr(AUTHORIZER);
        vm.etch(address(ESCROW), address(new TestBatchSettlement()).code);
        vm.etch(COLLECTOR, address(new TestDepositCollector()).code);
        for (uint256 i = 0; i < PAYERS * SALTS; i++) {
            ids.push(ESCROW.getChannelId(channel(i / SALTS, i % SALTS)));
        }
    }

    function deposit(uint256 who, uint256 salt, uint32 amount, bytes32 nonce) public {
        TestBatchSettlement.ChannelConfig memory config = channel(who, salt);
        bytes32 id = ESCROW.getChannelId(config);
        dollar.mint(config.payer, amount);
        bytes32 structHash = keccak256(
            abi.encode(
                dollar.RECEIVE_WITH_AUTHORIZATION_TYPEHASH(),
                config.payer,
                COLLECTOR,
                uint256(amount),
                uint256(0),
                type(uint256).max,
                keccak256(abi.encode(id, uint256(nonce)))
            )
        );
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", dollar.DOMAIN_SEPARATOR(), structHash));
        bytes memory data =
            abi.encode(uint256(0), type(uint256).max, uint256(nonce), signature(1 + who % PAYERS, digest));
        try ESCROW.deposit(config, amount, COLLECTOR, data) {
            deposited[id] += amount;
        } catch {}
    }

    function claim(uint256 who, uint256 salt, uint32 ceiling, uint32 total, uint8 signer) external {
        TestBatchSettlement.ChannelConfig memory config = channel(who, salt);
        bytes32 id = ESCROW.getChannelId(config);
        (, uint128 before) = ESCROW.channels(id);
        // Mostly the payer signs, at times somebody else does.
        uint256 key = signer % 8 == 0 ? AUTHORIZER : 1 + who % PAYERS;
        if (key != AUTHORIZER && ceiling > signed[id]) {
            signed[id] = ceiling;
        }
        TestBatchSettlement.VoucherClaim[] memory claims = new TestBatchSettlement.VoucherClaim[](1);
        claims[0] = TestBatchSettlement.VoucherClaim(
            TestBatchSettlement.Voucher(config, ceiling), signature(key, ESCROW.getVoucherDigest(id, ceiling)), total
        );
        uint256 authorizer = signer % 16 == 1 ? 1 + who % PAYERS : AUTHORIZER;
        try ESCROW.claimWithSignature(claims, signature(authorizer, ESCROW.getClaimBatchDigest(claims))) {
            (, uint128 afterwards) = ESCROW.channels(id);
            if (afterwards != before && (key == AUTHORIZER || authorizer != AUTHORIZER)) {
                claimedUnsigned++;
            }
        } catch {}
    }

    function settle() external {
        ESCROW.settle(RECEIVER, address(dollar));
    }

    /// Nonces are tried that were used.
    function refund(uint256 who, uint256 salt, uint32 amount, uint8 back, uint8 signer) external {
        TestBatchSettlement.ChannelConfig memory config = channel(who, salt);
        bytes32 id = ESCROW.getChannelId(config);
        uint256 nonce = ESCROW.refundNonce(id);
        nonce -= back % 3 > nonce ? 0 : back % 3;
        bool isOther = signer % 8 == 0;
        bytes memory proof =
            signature(isOther ? 1 + who % PAYERS : AUTHORIZER, ESCROW.getRefundDigest(id, nonce, amount));
        try ESCROW.refundWithSignature(config, amount, nonce, proof) {
            if (isRefunded[id][nonce] || isOther) {
                refundedTwice++;
            }
            isRefunded[id][nonce] = true;
            refunds[id]++;
        } catch {}
    }

    /// A payer leaves with what nobody has claimed, whatever the others do meanwhile.
    function leave(uint256 who, uint256 salt, uint32 amount) external {
        TestBatchSettlement.ChannelConfig memory config = channel(who, salt);
        bytes32 id = ESCROW.getChannelId(config);
        (uint128 balance, uint128 claimed) = ESCROW.channels(id);
        if (balance == claimed) {
            return;
        }
        uint128 wanted = uint128(between(amount, 1, balance - claimed));
        vm.prank(config.payer);
        try ESCROW.initiateWithdraw(config, wanted) {}
        catch {
            keptIn++;
            return;
        }
        try ESCROW.finalizeWithdraw(config) {
            keptIn++;
        } catch {}
        vm.warp(block.timestamp + DELAY);
        uint256 before = dollar.balanceOf(config.payer);
        try ESCROW.finalizeWithdraw(config) {
            if (dollar.balanceOf(config.payer) != before + wanted) {
                keptIn++;
            }
        } catch {
            keptIn++;
        }
    }

    function channel(uint256 who, uint256 salt) public view returns (TestBatchSettlement.ChannelConfig memory) {
        return TestBatchSettlement.ChannelConfig(
            addresses[1 + who % PAYERS],
            address(0),
            RECEIVER,
            addresses[AUTHORIZER],
            address(dollar),
            DELAY,
            bytes32(salt % SALTS)
        );
    }

    function count() external pure returns (uint256) {
        return PAYERS * SALTS;
    }

    function signature(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}

/// What holds of channels after any calls in any order.
contract ChannelsTest is Tools {
    ChannelUsers private users;

    function setUp() public {
        vm.warp(1_800_000_000);
        users = new ChannelUsers();
        // Channels that are used from the first call on.
        for (uint256 i = 0; i < users.count(); i++) {
            users.deposit(i / 2, i % 2, 1_000_000_000, bytes32(i));
        }
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(users);
    }

    function testDepositsAreIn() public view {
        for (uint256 i = 0; i < users.count(); i++) {
            (uint128 balance,) = users.ESCROW().channels(id(i));
            check(balance == 1_000_000_000 && users.deposited(id(i)) == balance, "a deposit is in its channel");
        }
    }

    function testARefundLeavesWhatIsClaimed() public {
        users.claim(0, 0, 400_000_000, 400_000_000, 2);
        users.refund(0, 0, 1_000_000_000, 0, 1);
        (uint128 balance, uint128 claimed) = users.ESCROW().channels(id(0));
        check(claimed == 400_000_000 && balance == claimed, "what is claimed stays");
    }

    /// What an official client signs for these.
    function testDigestsAreThoseOfTheScheme() public {
        vm.chainId(84_532);
        check(
            users.ESCROW().domainSeparator()
                == keccak256(
                    abi.encode(
                        keccak256(
                            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                        ),
                        keccak256("x402 Batch Settlement"),
                        keccak256("1"),
                        uint256(84_532),
                        address(users.ESCROW())
                    )
                ),
            "the domain"
        );
    }

    /// All in one, since each signature takes its time.
    function invariantMoneyIsWhereItWasSignedFor() public view {
        claimedIsSignedAndDeposited();
        theReceiverGetsOnceWhatWasClaimed();
        theRestIsInTheEscrow();
        payersCanLeave();
        noRefundTwice();
    }

    function claimedIsSignedAndDeposited() private view {
        for (uint256 i = 0; i < users.count(); i++) {
            (uint128 balance, uint128 claimed) = users.ESCROW().channels(id(i));
            check(claimed <= users.signed(id(i)), "claimed is signed");
            check(claimed <= balance && balance <= users.deposited(id(i)), "claimed is deposited");
        }
        check(users.claimedUnsigned() == 0, "payer and authorizer have signed");
    }

    function theReceiverGetsOnceWhatWasClaimed() private view {
        uint256 sum;
        for (uint256 i = 0; i < users.count(); i++) {
            (, uint128 claimed) = users.ESCROW().channels(id(i));
            sum += claimed;
        }
        (uint128 total, uint128 settled) = users.ESCROW().receivers(users.RECEIVER(), address(users.dollar()));
        check(total == sum, "what is claimed is the receiver's");
        check(settled <= total && users.dollar().balanceOf(users.RECEIVER()) == settled, "paid once");
    }

    function theRestIsInTheEscrow() private view {
        uint256 sum;
        for (uint256 i = 0; i < users.count(); i++) {
            (uint128 balance,) = users.ESCROW().channels(id(i));
            sum += balance;
        }
        (, uint128 settled) = users.ESCROW().receivers(users.RECEIVER(), address(users.dollar()));
        check(users.dollar().balanceOf(address(users.ESCROW())) == sum - settled, "no more and no less");
    }

    function payersCanLeave() private view {
        check(users.keptIn() == 0, "after the delay, and not before");
    }

    function noRefundTwice() private view {
        check(users.refundedTwice() == 0, "a nonce is used once, by the authorizer");
        for (uint256 i = 0; i < users.count(); i++) {
            check(users.ESCROW().refundNonce(id(i)) == users.refunds(id(i)), "nonces count refunds");
        }
    }

    function id(uint256 number) private view returns (bytes32) {
        return users.ids(number);
    }
}
