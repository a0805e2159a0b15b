/** The pipeline on clusters and behind Sentinels, of real processes, while these change. */
package io.logpipeline.topology;
