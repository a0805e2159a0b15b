package io.logpipeline.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.ToByteBufEncoder;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Keys as text, values as bytes, written into the connection's buffer without one of their own.
 *
 * <p>Keys of ours are ASCII; a foreign one that a scan finds must come out as it went in, so each
 * of its bytes is a character.
 */
final class WireCodec implements RedisCodec<String, byte[]>, ToByteBufEncoder<String, byte[]> {
    static final WireCodec INSTANCE = new WireCodec();

    private WireCodec() {}

    @Override
    public String decodeKey(ByteBuffer bytes) {
        return new String(decodeValue(bytes), StandardCharsets.ISO_8859_1);
    }

    @Override
    public byte[] decodeValue(ByteBuffer bytes) {
        return ByteArrayCodec.INSTANCE.decodeValue(bytes);
    }

    @Override
    public ByteBuffer encodeKey(String key) {
        return ByteBuffer.wrap(bytes(key));
    }

    @Override
    public ByteBuffer encodeValue(byte[] value) {
        return ByteBuffer.wrap(value);
    }

    @Override
    public void encodeKey(String key, ByteBuf target) {
        target.writeBytes(bytes(key));
    }

    @Override
    public void encodeValue(byte[] value, ByteBuf target) {
        target.writeBytes(value);
    }

    @Override
    public int estimateSize(Object keyOrValue) {
        return keyOrValue instanceof String key ? key.length() : ((byte[]) keyOrValue).length;
    }

    @Override
    public boolean isEstimateExact() {
        return true;
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.ISO_8859_1);
    }
}
