package io.logpipeline.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How often a connection's socket is written to. */
class GatheredFlushesTest {
    private final EventLoopGroup threads =
            new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    private final AtomicInteger flushes = new AtomicInteger();
    private Channel channel;

    @BeforeEach
    void connect() throws InterruptedException {
        LocalAddress address = new LocalAddress(GatheredFlushesTest.class);
        new ServerBootstrap()
                .group(threads)
                .channel(LocalServerChannel.class)
                .childHandler(new ChannelInboundHandlerAdapter())
                .bind(address)
                .sync();
        channel =
                new Bootstrap()
                        .group(threads)
                        .channel(LocalChannel.class)
                        .handler(new ChannelInboundHandlerAdapter())
                        .connect(address)
                        .sync()
                        .channel();
        new GatheredFlushes().afterChannelInitialized(channel);
        // In front of all others, as the socket is.
        channel.pipeline().addFirst(countingFlushes());
    }

    private ChannelHandler countingFlushes() {
        return new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(ChannelHandlerContext context) {
                flushes.incrementAndGet();
                context.flush();
            }
        };
    }

    @AfterEach
    void end() {
        threads.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void whatThreadsSayWhileTheConnectionIsBusyGoesOutTogether() throws InterruptedException {
        CountDownLatch busy = new CountDownLatch(1);
        channel.eventLoop()
                .execute(() -> {
                    try {
                        busy.await();
                    } catch (InterruptedException stopped) {
                        Thread.currentThread().interrupt();
                    }
                });
        channel.writeAndFlush("CLAIM");
        channel.writeAndFlush("COMMIT");
        var last = channel.writeAndFlush("CLAIM");
        busy.countDown();

        assertThat(last.await(Duration.ofSeconds(30).toMillis())).isTrue();
        assertThat(last.isSuccess()).isTrue();
        assertThat(flushes).hasValue(1);
    }

    @Test
    void whatComesAloneGoesOutAtOnce() throws InterruptedException {
        for (int i = 1; i <= 3; i++) {
            assertThat(channel.writeAndFlush("TAKE").await(Duration.ofSeconds(30).toMillis()))
                    .isTrue();

            assertThat(flushes).hasValue(i);
        }
    }
}
