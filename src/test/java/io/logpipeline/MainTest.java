package io.logpipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.junit.jupiter.api.Test;

/** The one line that a failed start leaves. */
class MainTest {
    @Test
    void aFailureIsToldByItsRoot() {
        Throwable root = new UnknownHostException("nowhere: Name or service not known");
        Throwable outer = new IllegalStateException("can't start", new IOException(root));

        assertThat(Main.oneLine(outer)).isEqualTo("nowhere: Name or service not known");
    }

    @Test
    void aFailureWithoutWordsIsToldByItsName() {
        assertThat(Main.oneLine(new UnresolvedAddressException()))
                .isEqualTo("UnresolvedAddressException");
    }

    @Test
    void severalLinesBecomeOneAndNoPasswordIsShown() {
        Throwable quoting =
                new IllegalArgumentException("no URL:\n  redis://user:s3cr3t@here:1/0\n  ^");

        assertThat(Main.oneLine(quoting)).isEqualTo("no URL: redis://here:1/0 ^");
    }
}
