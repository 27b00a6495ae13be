// Stands for Socket.IO's list of transports: pages speak over a WebSocket alone, so the others need not be sent.
import { WS } from "../node_modules/engine.io-client/build/esm/transports/websocket.js";

export const transports = { websocket: WS };
