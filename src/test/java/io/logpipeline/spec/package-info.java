/**
 * The drain protocol as a model whose every state is visited: one list, its file, two drainers, and
 * every fault that the protocol is to survive. Each safeguard is left out once, to see it missed.
 */
@org.jspecify.annotations.NullMarked
package io.logpipeline.spec;
