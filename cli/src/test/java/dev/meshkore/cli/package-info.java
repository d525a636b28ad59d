/// Tests of the command line, against a real hub where one is needed.
@NullMarked
package dev.meshkore.cli;

import org.jspecify.annotations.NullMarked;
