/**
 * The side of a crash matrix's run that is inside the process: which step it is at, and what
 * strikes it there. The package {@code crash} gives the orders and judges.
 */
package io.logpipeline.faults;
