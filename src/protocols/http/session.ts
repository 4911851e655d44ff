/** HTTP/1.1 connections: requests become calls, replies become responses. node:http parses and keeps order. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { SvcMockError } from '../../core/errors.ts'
import type { Entrance } from '../../core/protocol.ts'
import type { Reply } from '../../core/reply.ts'
import { answerUpgrade } from './answer-upgrade.ts'
import { carriesBody, HttpBody } from './body.ts'
import type { HttpCall } from './call.ts'
import { Http1Client, UpgradeClient } from './client.ts'
import { failure } from './failed-call.ts'
import type { Intake, IntakeHost } from './intake.ts'
import { unreadable, whyMalformed } from './malformed.ts'
import { problemReply } from './problem.ts'
import { rawReply } from './raw-reply.ts'
import { writeFault, writeSingle, writeStream, writeWhole } from './write-reply.ts'

/** Where a connection came in, kept on the socket: one property read per call. */
const entranceOf = Symbol('entrance')
type Tagged = Duplex & { [entranceOf]?: Entrance }

/** A header section may be this long (the usual limit of servers is 8 to 64 kB); beyond it the call gets 431. */
const maxHeaderBytes = 64 * 1024
/** A client that takes longer to send its headers is a slow loris; it gets 408. */
const patience = { headersMs: 30_000, checkedEachMs: 5_000 }
/** Longer than clients keep idle connections, so that it is they who close them. */
const keepAliveMs = 75_000

export class HttpSession {
  private readonly server: Server
  private readonly host: IntakeHost
  private readonly intake: Intake
  private closing = false

  constructor(intake: Intake, { headersMs, checkedEachMs } = patience) {
    this.host = intake.host
    this.intake = intake
    this.server = createServer({
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headersMs,
      requestTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: checkedEachMs,
      noDelay: true,
      // A missing Host is refused by us, with a reason, and only where nothing else says where the call goes.
      requireHostHeader: false,
      // An h2c offer is ignored and answered in HTTP/1.1 (RFC 9113 section 3.1).
      shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() !== 'h2c',
    })
    this.server.on('request', (request, response) => this.serve(request, response))
    this.server.on('checkContinue', (request, response) =>
      this.serve(request, response, () => response.writeContinue()),
    )
    // Any other expectation is not ours to judge: the upstream or the mock answers.
    this.server.on('checkExpectation', (request, response) => this.serve(request, response))
    this.server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head))
    this.server.on('connect', (request, socket, head) => this.connect(request, socket, head))
    this.server.on('clientError', (error, socket) => this.malformed(error, socket as Socket))
    // Connections are handed in, nothing is listened on; node starts its time limits for headers on this event.
    this.server.emit('listening')
  }

  accept(socket: Duplex, entrance: Entrance): void {
    ;(socket as Tagged)[entranceOf] = entrance
    this.server.emit('connection', socket)
  }

  close(): void {
    this.closing = true
    this.server.close()
    this.server.closeIdleConnections()
  }

  reset(): void {
    this.server.closeAllConnections()
  }

  private serve(request: IncomingMessage, response: ServerResponse, start?: () => void): void {
    const startedAt = performance.now()
    const client = new Http1Client(request, response, (request.socket as Tagged)[entranceOf]!)
    const body = new HttpBody(client, !carriesBody(request.rawHeaders), start)
    let call: HttpCall
    try {
      call = this.intake.toCall(client, body)
    } catch (error) {
      // Who sends what is no call may mean anything by the bytes that follow.
      response.shouldKeepAlive = false
      writeSingle(this.intake.refused(error, client, startedAt), response)
      return
    }
    this.intake.answer(call, (reply) => {
      // A client that waits for 100 and gets its answer instead need not send the body: the connection cannot go on.
      if (body.awaited) response.shouldKeepAlive = false
      this.send(reply, call, response, startedAt)
      if (reply.kind === 'single' || (reply.kind === 'stream' && body.watched && !body.taken)) body.drop()
    })
  }

  private send(reply: Reply, call: HttpCall, response: ServerResponse, startedAt: number): void {
    try {
      this.write(reply, call, response, startedAt)
    } catch (error) {
      // What node:http refuses to write must cost this call only, never the process.
      if (reply.kind === 'stream') reply.source.cancel()
      const refused = problemReply(failure(call, error))
      // The phrase of the reply that could not be written would stay.
      response.statusMessage = ''
      if (response.headersSent) response.destroy()
      else writeSingle(refused, response)
      this.intake.finished(call, response.destroyed ? 0 : refused.status, startedAt)
    }
  }

  private write(reply: Reply, call: HttpCall, response: ServerResponse, startedAt: number): void {
    if (this.closing) response.shouldKeepAlive = false
    switch (reply.kind) {
      case 'single':
        writeSingle(reply, response)
        this.intake.finished(call, response.destroyed ? 0 : reply.status, startedAt)
        return
      case 'stream':
        if (writeWhole(reply, response)) {
          this.intake.finished(call, reply.status, startedAt)
          return
        }
        writeStream(reply, response, (error) => {
          if (error !== undefined) call.context.note ??= error.message
          this.intake.finished(call, error === undefined ? reply.status : 0, startedAt)
        })
        return
      case 'tunnel':
        // Only an Upgrade can get one, and those have no response object.
        reply.socket.destroy()
        response.destroy()
        break
      case 'fault':
        writeFault(reply, response)
        break
      case 'none':
        response.destroy()
    }
    this.intake.finished(call, 0, startedAt)
  }

  private upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const startedAt = performance.now()
    socket.on('error', () => socket.destroy())
    const client = new UpgradeClient(request, socket, head, (request.socket as Tagged)[entranceOf]!)
    let call: HttpCall
    try {
      call = this.intake.toCall(client, new HttpBody(client, true))
    } catch (error) {
      socket.end(rawReply(this.intake.refused(error, client, startedAt)))
      return
    }
    this.intake.answer(call, (reply) => {
      const status = answerUpgrade(reply, socket, head)
      this.intake.finished(call, status, startedAt)
    })
  }

  private connect(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const startedAt = performance.now()
    const entrance = (socket as Tagged)[entranceOf]!
    const asked = { method: 'CONNECT', requestTarget: request.url!, entrance, rawHeaders: request.rawHeaders }
    socket.on('error', () => socket.destroy())
    if (head.length > 0) socket.unshift(head)
    this.intake.connect(
      asked,
      {
        socket,
        accept: () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'),
        refuse: (reply) => socket.end(rawReply(reply)),
      },
      startedAt,
    )
  }

  private malformed(error: NodeJS.ErrnoException, socket: Socket): void {
    // A connection that ends inside a call is a client that went away, not one that speaks badly.
    if (error.code === 'ECONNRESET' || error.code === 'HPE_INVALID_EOF_STATE' || !socket.writable) {
      socket.destroy()
      return
    }
    const { status, reason } = whyMalformed(error, maxHeaderBytes)
    const refused = new SvcMockError('BAD_CALL', `the call is no valid HTTP/1.1: ${reason}`)
    this.host.refused({
      protocol: 'http',
      operation: unreadable,
      kind: `BAD_CALL ${error.code}`,
      error: refused,
      status,
      startedAt: performance.now(),
      service: (socket as Tagged)[entranceOf]?.service,
    })
    socket.end(rawReply(problemReply(refused, status)))
  }
}
