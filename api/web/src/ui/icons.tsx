// Line icons of one weight. They stand beside words and are hidden from screen readers.
const PATHS = {
  receive: 'M12 3v11m0 0-4-4m4 4 4-4M4 15v4a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-4',
  line: 'M4 7h16M4 17h16M7 4v6m5-6v6m5-6v6M7 14v6m5-6v6m5-6v6',
  trace: 'M6 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm0 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm12-6a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 6h4a3 3 0 0 1 3 3v0a3 3 0 0 0 1 3M8 18h4a3 3 0 0 0 3-3v0a3 3 0 0 1 1-3',
  overview: 'M4 20V10h4v10m2 0V4h4v16m2 0v-7h4v7M3 20h18',
  ship: 'M3 7h11v9H3zM14 10h4l3 3v3h-7M7 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4Zm10 0a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  vault: 'M4 4h16v15H4zM7 19v2m10-2v2M12 15a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm0-3.5V8',
  boms: 'M4 5h16v14H4zM4 10h16M9 10v9M4 14.5h16',
  changes: 'M4 8h12m0 0-3-3m3 3-3 3M20 16H8m0 0 3-3m-3 3 3 3',
  incidents: 'M12 4 3 20h18L12 4Zm0 6v5m0 2.5h.01',
  reviews: 'M5 4h14v16H5zM8.5 9l1.5 1.5L13 7.5M8.5 15l1.5 1.5 3-3M15 10h1m-1 6h1',
  exits: 'M4 4h9v16H4zM13 12h8m0 0-3-3m3 3-3 3M9.5 12h.01',
  production: 'M3 20V9l6 4V9l6 4V4h6v16zM7 16.5h2m3 0h2m3 0h1',
  users: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm-6 9a6 6 0 0 1 12 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5a6 6 0 0 1 3 5.5',
  tokens: 'M14 10a4 4 0 1 1-3.9-5A4 4 0 0 1 14 9m-1 3 8 8m-3-3 2-2',
  partners: 'M8 12a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm8 0a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM3 19a5 5 0 0 1 9-3 5 5 0 0 1 9 3',
  node: 'M4 5h16v6H4zM4 13h16v6H4zM8 8h.01M8 16h.01',
  audit: 'M7 3h10a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Zm2 5h6m-6 4h6m-6 4h4',
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-7 9a7 7 0 0 1 14 0',
  leave: 'M10 4H5a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h5M15 8l4 4-4 4M19 12H9',
  more: 'M4 7h16M4 12h16M4 17h16',
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 16a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z',
  photo: 'M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 9.5h.01',
  type: 'M4 7h16v10H4zM7 10h.01M11 10h.01M15 10h.01M8 14h8',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
