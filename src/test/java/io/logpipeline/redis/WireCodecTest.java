package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.protocol.CommandArgs;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class WireCodecTest {
    private static final byte[] ALL_BYTES = new byte[256];

    static {
        for (int i = 0; i < ALL_BYTES.length; i++) {
            ALL_BYTES[i] = (byte) i;
        }
    }

    @Test
    void aKeyOfAnyBytesComesOutAsItWentIn() {
        String key = WireCodec.INSTANCE.decodeKey(ByteBuffer.wrap(ALL_BYTES));

        assertThat(key).hasSize(256);
        assertThat(WireCodec.INSTANCE.encodeKey(key)).isEqualTo(ByteBuffer.wrap(ALL_BYTES));
    }

    @Test
    void aValueIsItsBytes() {
        assertThat(WireCodec.INSTANCE.decodeValue(WireCodec.INSTANCE.encodeValue(ALL_BYTES)))
                .isEqualTo(ALL_BYTES);
    }

    @Test
    void whatGoesOutHasItsSizeBeforeIt() {
        ByteBuf wire = Unpooled.buffer();

        new CommandArgs<>(WireCodec.INSTANCE)
                .addKey("kéy")
                .addValue(new byte[] {'\r', '\n', 0})
                .addValue(new byte[0])
                .encode(wire);

        assertThat(wire.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo("$3\r\nkéy\r\n$3\r\n\r\n\0\r\n$0\r\n\r\n");
    }
}
