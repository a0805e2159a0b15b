package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How large an element a drainer reads. */
class DrainSideTest {
    private static final long MIB = 1 << 20;

    @Test
    void whateverAnApiTakesIsReadByAnyHeap() {
        assertThat(DrainSide.elementBytesMax(64 * MIB)).isEqualTo(SettingsReader.BATCH_BYTES_MAX);
    }

    @Test
    void moreHeapReadsLargerElements() {
        assertThat(DrainSide.elementBytesMax(4096 * MIB)).isEqualTo(256 * MIB);
        assertThat(DrainSide.elementBytesMax(Long.MAX_VALUE)).isEqualTo(Integer.MAX_VALUE);
    }
}
