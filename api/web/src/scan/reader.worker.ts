// Reads symbols in pictures of the camera, beside the page's own thread.
import wasm from 'zxing-wasm/reader/zxing_reader.wasm?url';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

prepareZXingModule({ overrides: { locateFile: () => wasm } });

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = async (event: MessageEvent<ImageData>) => {
  const found = await readBarcodes(event.data, {
    formats: ['DataMatrix', 'QRCode', 'MicroQRCode', 'PDF417', 'Aztec', 'Code128', 'Code39', 'Code93', 'ITF', 'EAN13'],
    tryHarder: true,
    maxNumberOfSymbols: 16,
    textMode: 'Plain',
  });
  scope.postMessage({ texts: found.filter((one) => one.isValid).map((one) => one.text) });
};

// The page hears of errors only, not of promises that were not kept.
scope.onunhandledrejection = (event) => {
  throw event.reason;
};
