/// What the Ethereum virtual machine signs and hashes: addresses, typed data, authorisations to
/// pay.
@NullMarked
package dev.meshkore.hub.evm;

import org.jspecify.annotations.NullMarked;
