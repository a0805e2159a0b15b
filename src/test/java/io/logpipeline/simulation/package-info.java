/**
 * A world in one thread for the production drain code: a Redis that runs the production scripts and
 * can go back in time, a disk that loses what was not forced, clocks, and a scheduler that decides
 * who moves next. Everything follows from a seed.
 */
package io.logpipeline.simulation;
