/**
 * Faults at named effects of a real process: killed, stopped or failing at the n-th claim, write,
 * force, commit. Production knows nothing of it: the seams are the ones it is built with.
 */
package io.logpipeline.faults;
