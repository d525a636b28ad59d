// Forge tests the dollar that stands for Circle's USDC on the local chain, and the escrows that stand for those of x402,
// then each with one mistake: a suite that takes those would say nothing. The runtime code that the tests of the server put
// on their chain is these'.
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Verdict, expect } from '../shared/verdict.mjs';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const PROJECT = join(ROOT, 'interop/evm');
const BUILD = join(ROOT, '.build/interop/evm');
const CONTRACTS = ['TestDollar', 'TestBatchSettlement', 'TestDepositCollector', 'TestMulticall',
  'TestAuthCapture', 'TestPaymentCollector'];

/** A mistake each, and what is written instead. */
const MISTAKES = {
  'takes the high s': ['uint256(s) <= S_MAX', 's != bytes32(0)'],
  'takes any v': ['v == 27 || v == 28', 'true'],
  'takes its first second': ['block.timestamp > validAfter', 'block.timestamp >= validAfter'],
  'takes its last second': ['block.timestamp < validBefore', 'block.timestamp <= validBefore'],
  'takes a nonce twice': ['authorizationState[from][nonce] = true;', ''],
  'forgets what was canceled': ['authorizationState[authorizer][nonce] = true;', ''],
  'takes any signer': ['require(recovered == signer', 'require(recovered != signer || recovered == signer'],
  'forgets the chain': ['block.chainid', '84_532'],
  'forgets the contract': ['block.chainid, address(this)', 'block.chainid, address(0)'],
  'lets anybody receive': ['to == msg.sender', 'to != address(0)'],
  'signs no value': ['from, to, value, validAfter, validBefore, nonce));', 'from, to, 0, validAfter, validBefore, nonce));'],
  'pays out of nothing': [
    'require(value <= balanceOf[from], "ERC20: transfer amount exceeds balance");\n        balanceOf[from] -= value;',
    'unchecked { balanceOf[from] -= value; }',
  ],
  'makes money': ['balanceOf[to] += value;\n        emit Transfer(from, to, value);', 'balanceOf[to] += value + 1;'],
  'lets an allowance be spent again': ['allowance[from][msg.sender] = allowed - value;', ''],
};

const ESCROW_MISTAKES = {
  'claims above the ceiling': ['one.totalClaimed <= one.voucher.maxClaimableAmount', 'true'],
  'claims above the balance': ['one.totalClaimed <= channel.balance', 'true'],
  'takes a voucher of anybody': ['recovered(digest, one.signature) == signer', 'recovered(digest, one.signature) != address(1)'],
  'takes a claim of anybody': ['signer == claims[i].voucher.channel.receiverAuthorizer', 'signer != address(1)'],
  'pays a receiver again': ['totals.totalSettled = totals.totalClaimed;', ''],
  'refunds a nonce again': ['refundNonce[id]++;', ''],
  'takes any nonce of a refund': ['nonce == refundNonce[id]', 'true'],
  'lets a payer leave at once': ['block.timestamp >= uint256(withdrawal.initiatedAt) + config.withdrawDelay', 'true'],
  'gives back what is claimed': ['amount > left ? left : amount', 'amount'],
  'counts a deposit twice': ['channels[id].balance += amount;', 'channels[id].balance += 2 * amount;'],
};

const CAPTURE_MISTAKES = {
  'lets anybody capture': ['require(msg.sender == info.operator, "not the operator");\n        require(amount > 0, "nothing', 'require(amount > 0, "nothing'],
  'forgets what it captured': ['state.capturableAmount -= uint120(amount);', ''],
  'takes any fee': ['feeBps >= info.minFeeBps && feeBps <= info.maxFeeBps', 'feeBps <= BPS_MAX'],
  'pays the fee to anybody': ['info.feeReceiver == address(0) || feeReceiver == info.feeReceiver', 'true'],
  'captures after the expiry': ['block.timestamp < info.authorizationExpiry', 'true'],
  'lets anybody void': ['require(msg.sender == info.operator, "not the operator");\n        emit PaymentVoided', 'emit PaymentVoided'],
  'lets the payer leave early': ['block.timestamp >= info.authorizationExpiry', 'true'],
  'gives back again': ['state.capturableAmount = 0;', ''],
  'rounds fees up': ['uint256 fee = amount * feeBps / BPS_MAX;', 'uint256 fee = (amount * feeBps + BPS_MAX - 1) / BPS_MAX;'],
};

const verdict = new Verdict('forge', {
  suite: 'forge on the test dollar and the test escrows: EIP-3009, channels and captures fuzzed, and invariants', version: '1.7.1',
  notes: `The compiler is solc-js 0.8.30. ${Object.keys(MISTAKES).length} dollars and `
    + `${Object.keys(ESCROW_MISTAKES).length + Object.keys(CAPTURE_MISTAKES).length} escrows with one mistake each are noticed.`,
});

/** What forge says of a project; it ends with a failure where a test fails. */
function forge(folder, arguments_, environment = {}) {
  const options = { cwd: folder, env: { ...process.env, ...environment }, maxBuffer: 1 << 26 };
  return new Promise(done => {
    execFile(join(PROJECT, 'node_modules/.bin/forge'), arguments_, options, (_, text, trouble) => done({ text, trouble }));
  });
}

/** The tests of a JSON report, by name. */
function testsOf(ran) {
  const line = ran.text.split('\n').find(one => one.startsWith('{'));
  expect(line, `forge said nothing to be read: ${ran.text} ${ran.trouble}`);
  return Object.entries(JSON.parse(line)).flatMap(([file, suite]) =>
    Object.entries(suite.test_results).map(([name, result]) => ({ name: `${file} ${name}`, ...result })));
}

const all = testsOf(await forge(PROJECT, ['test', '--json']));
expect(all.length >= 17, `only ${all.length} tests ran`);
for (const test of all) {
  await verdict.check(test.name, () => expect(test.status === 'Success', JSON.stringify(test.reason)));
}

for (const name of CONTRACTS) {
  const compiled = JSON.parse(readFileSync(join(BUILD, `out/${name}.sol/${name}.json`), 'utf8'));
  const code = compiled.deployedBytecode.object + '\n';
  const file = join(PROJECT, `${name}.hex`);
  if (process.argv.includes('update')) {
    writeFileSync(file, code);
  }
  await verdict.check(`${name}.hex is the code of ${name}.sol`, () =>
    expect(readFileSync(file, 'utf8') === code, 'it is older: interop/with-hub interop/forge/run update'));
}

/** The sources that some files of tests import, and what those import in turn: solc need not compile the others again. */
function imported(files) {
  const found = new Set();
  const left = files.map(file => `test/${file}`);
  for (let next = left.pop(); next; next = left.pop()) {
    for (const [, path] of readFileSync(join(PROJECT, next), 'utf8').matchAll(/^import .* from "(.+)";$/gm)) {
      const one = join(dirname(next), path);
      if (!found.has(one)) {
        found.add(one);
        left.push(one);
      }
    }
  }
  return [...found];
}

/** What the tests of some files say of a contract with each mistake; as many are tested at once as there are cores. */
async function tested(contract, mistakes, source, files) {
  const left = Object.entries(mistakes);
  const said = {};
  async function testSome(place) {
    for (let next = left.shift(); next; next = left.shift()) {
      const [mistake, [right, wrong]] = next;
      const folder = join(BUILD, `mistake-${place}`);
      rmSync(folder, { recursive: true, force: true });
      for (const part of ['solc', 'package.json', ...files.map(file => `test/${file}`), ...imported(files)]) {
        cpSync(join(PROJECT, part), join(folder, part), { recursive: true });
      }
      symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
      const settings = readFileSync(join(PROJECT, 'foundry.toml'), 'utf8');
      writeFileSync(join(folder, 'foundry.toml'), settings.replaceAll('../../.build/interop/evm/', ''));
      writeFileSync(join(folder, `src/${contract}.sol`), source.replace(right, wrong));
      said[mistake] = await forge(folder, ['test', '--json'], { FOUNDRY_FUZZ_RUNS: '64', FOUNDRY_INVARIANT_RUNS: '4' });
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, (_, place) => testSome(place)));
  return said;
}

/** Expects the tests of some files to fail for each mistake in a contract. */
async function noticed(contract, what, mistakes, isTested) {
  const source = readFileSync(join(PROJECT, `src/${contract}.sol`), 'utf8');
  const files = readdirSync(join(PROJECT, 'test')).filter(isTested);
  const expected = all.filter(test => files.some(file => test.name.includes(`test/${file}`)));
  const said = await tested(contract, mistakes, source, files);
  for (const [mistake, [right]] of Object.entries(mistakes)) {
    await verdict.check(`${what} that ${mistake} is noticed`, () => {
      expect(source.split(right).length === 2, `the source has not exactly one: ${right}`);
      const tests = testsOf(said[mistake]);
      const failed = tests.filter(test => test.status !== 'Success');
      expect(tests.length === expected.length && failed.length > 0, 'no test fails');
      console.log(`      by ${failed.map(test => test.name.split(' ').pop()).join(', ')}`);
    });
  }
}
await noticed('TestDollar', 'a dollar', MISTAKES, file => /^(TestDollar|Invariants)\.t\.sol$/.test(file));
await noticed('TestBatchSettlement', 'an escrow', ESCROW_MISTAKES, file => file === 'Channels.t.sol');
await noticed('TestAuthCapture', 'an escrow of jobs', CAPTURE_MISTAKES, file => file === 'Captures.t.sol');
process.exit(verdict.finish());
