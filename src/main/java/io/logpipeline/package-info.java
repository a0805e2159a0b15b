/**
 * The root: reads the command line and the settings, wires the rooms by constructor and stops them
 * in order. It may import every room; no room imports it.
 */
@NullMarked
package io.logpipeline;

import org.jspecify.annotations.NullMarked;
